package dev.sideline.background.ledger;

import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What is to be done at a later time. Cancelled items leave at once, so that its size is that of
 * what is really waited for.
 */
final class Agenda {

  /** Something to be done at a time. */
  static final class Item implements Comparable<Item> {
    private final long atMillis;
    private final long order;
    private final Runnable action;

    private Item(long atMillis, long order, Runnable action) {
      this.atMillis = atMillis;
      this.order = order;
      this.action = action;
    }

    /** When it is to be done, in epoch milliseconds. */
    long atMillis() {
      return atMillis;
    }

    @Override
    public int compareTo(Item other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Item item && item.order == order;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(order);
    }
  }

  private final TreeSet<Item> items = new TreeSet<>();
  private long nextOrder;

  /** Has an action done at a time, in epoch milliseconds. */
  Item at(long atMillis, Runnable action) {
    Item item = new Item(atMillis, nextOrder++, action);
    items.add(item);
    return item;
  }

  /** Has an item done at another time, if it is still to be done. */
  Item move(Item item, long atMillis) {
    return items.remove(item) ? at(atMillis, item.action) : item;
  }

  /** Whether an item is still to be done. */
  boolean contains(Item item) {
    return items.contains(item);
  }

  void cancel(Item item) {
    items.remove(item);
  }

  /** When the next item is due, in epoch milliseconds; {@link Long#MAX_VALUE} if there is none. */
  long nextDue() {
    return items.isEmpty() ? Long.MAX_VALUE : items.first().atMillis;
  }

  /**
   * Does what is due. Items that this adds are done too, if they are due already.
   *
   * @param each does one of them
   */
  void run(long nowMillis, Consumer<Runnable> each) {
    while (!items.isEmpty() && items.first().atMillis <= nowMillis) {
      Item due = items.first();
      items.remove(due);
      each.accept(due.action);
    }
  }

  int size() {
    return items.size();
  }
}
