package dev.sideline.background.engine.scheduling;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The lanes behind a gate that many share, in groups by the gates that follow. What its gate lets
 * in next is known without a look at the others, however many there are.
 */
public final class LaneGroup extends Contender implements Contender.Group {

  private final Map<Gate, LaneGroup> groups = new HashMap<>(2);
  private final TreeSet<Contender> byRank = new TreeSet<>(BY_RANK);
  private final TreeSet<Contender> byWaiting = new TreeSet<>(BY_WAITING);
  private int members;
  private long lastNumber;

  private LaneGroup(@Nullable LaneGroup above, @Nullable Gate gate) {
    super(above, gate);
  }

  /** Makes the group that all lanes belong to. */
  static LaneGroup ofAll() {
    return new LaneGroup(null, null);
  }

  /** The group of those in this one that have to come through another gate. */
  LaneGroup behind(Gate next) {
    LaneGroup group = groups.get(next);
    if (group == null) {
      group = new LaneGroup(this, next);
      groups.put(next, group);
    }
    return group;
  }

  /** The lane that goes first by rank; null if none may. */
  @Nullable Contender first() {
    return byRank.isEmpty() ? null : lane(byRank.first(), true);
  }

  /** A lane of the parent which has waited longest; null if none may go. */
  @Nullable Contender longestWaiting() {
    return byWaiting.isEmpty() ? null : lane(byWaiting.first(), false);
  }

  private static Contender lane(Contender first, boolean byRank) {
    Contender contender = first;
    while (contender instanceof LaneGroup group) {
      contender = (byRank ? group.byRank : group.byWaiting).first();
    }
    return contender;
  }

  @Override
  public void list(Contender member) {
    byRank.add(member);
    byWaiting.add(member);
  }

  @Override
  public void unlist(Contender member) {
    byRank.remove(member);
    byWaiting.remove(member);
  }

  @Override
  public long adopt() {
    members++;
    return ++lastNumber;
  }

  @Override
  public void release(@Nullable Gate gate) {
    if (gate != null) {
      groups.remove(gate);
    }
    members--;
    if (members == 0) {
      close();
    }
  }

  @Override
  boolean isEmpty() {
    return byRank.isEmpty();
  }

  @Override
  int nextRank() {
    return byRank.first().rank();
  }

  @Override
  long nextTurn() {
    return byRank.first().turn();
  }

  @Override
  long nextEarliestTurn() {
    return byWaiting.first().earliestTurn();
  }
}
