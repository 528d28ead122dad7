package dev.sideline.background.ledger;

import java.util.List;

/** What it means to tell a parent something that is a task itself: it is set to work once more. */
final class ParentTasks implements Announcements.Listener {

  private final Turn turn;
  private final Roster roster;
  private final Slots slots;
  private final Archive archive;
  private final Lifecycle lifecycle;

  ParentTasks(Turn turn, Roster roster, Slots slots, Archive archive, Lifecycle lifecycle) {
    this.turn = turn;
    this.roster = roster;
    this.slots = slots;
    this.archive = archive;
    this.lifecycle = lifecycle;
  }

  @Override
  public boolean mayWork(Family family) {
    Entry own = roster.bySession(family.parent);
    if (own == null || own.working || own.isHeld() || !own.task.status().active()) {
      return true;
    }
    if (!family.waitsForSlot) {
      family.waitsForSlot = true;
      slots.askAgain(
          own,
          () -> {
            family.waitsForSlot = false;
            lifecycle.announcements().advance(family);
            if (!family.beingWoken()) {
              // There was nothing to tell any more, and so no reason to have it work.
              lifecycle.inspect(own, true);
            }
          });
    }
    return false;
  }

  @Override
  public void woken(String session, String messageId) {
    Entry entry = roster.bySession(session);
    if (entry == null || entry.task.status().terminal()) {
      return;
    }
    lifecycle.hasBegun(entry);
    // What its agent said, or complained of, before it was woken is not its last word.
    entry.task = entry.task.activated(session, messageId);
    entry.prompted(turn.now());
    turn.touch(entry);
    if (entry.task.status().active()) {
      lifecycle.inspect(entry, true);
    } else {
      turn.effect(new Effect.Abort(entry.task.id(), session));
    }
  }

  @Override
  public void quiet(Family family) {
    Entry entry = roster.bySession(family.parent);
    if (entry != null && entry.task.status().active()) {
      lifecycle.inspect(entry, true);
    }
  }

  @Override
  public void retire(List<Entry> entries) {
    archive.retire(entries);
  }

  @Override
  public void emptied(Family family) {
    roster.removeIfEmpty(family);
  }
}
