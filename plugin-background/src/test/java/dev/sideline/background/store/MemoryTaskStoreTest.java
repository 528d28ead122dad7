package dev.sideline.background.store;

/** The store of the tests. */
class MemoryTaskStoreTest extends TaskStoreContract {

  private final MemoryTaskStore store = new MemoryTaskStore();

  @Override
  TaskStore store() {
    return store;
  }
}
