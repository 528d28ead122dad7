-- What is looked for has a column of its own; the rest is JSON. Times are epoch milliseconds.
-- The same text for SQLite and PostgreSQL.

CREATE TABLE sideline_task (
  id TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  version BIGINT NOT NULL,
  number BIGINT NOT NULL,
  parent TEXT NOT NULL,
  root TEXT NOT NULL,
  session TEXT,
  launch_key TEXT,
  status TEXT NOT NULL,
  told TEXT,
  created BIGINT NOT NULL,
  settled BIGINT NOT NULL,
  chars BIGINT NOT NULL,
  launch TEXT NOT NULL,
  state TEXT NOT NULL,
  outcome TEXT
);

CREATE INDEX sideline_task_open ON sideline_task (owner)
  WHERE told IS NULL OR told <> 'CLOSED';

CREATE INDEX sideline_task_closed ON sideline_task (owner, settled, number, chars)
  WHERE told = 'CLOSED';

CREATE INDEX sideline_task_closed_number ON sideline_task (owner, number)
  WHERE told = 'CLOSED';

-- With the owner, as all that is asked for is: without statistics a database takes an index that
-- begins with it for the better one, and reads all that is closed.
CREATE INDEX sideline_task_closed_session ON sideline_task (owner, session, number)
  WHERE told = 'CLOSED';

CREATE INDEX sideline_task_launch_key ON sideline_task (owner, parent, launch_key, number)
  WHERE launch_key IS NOT NULL;

-- The sessions above a task, so that all below one are found, newest first.
CREATE TABLE sideline_ancestor (
  session TEXT NOT NULL,
  number BIGINT NOT NULL,
  task TEXT NOT NULL,
  PRIMARY KEY (session, number, task)
);

CREATE TABLE sideline_meter (
  task TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  used TEXT NOT NULL
);

CREATE TABLE sideline_message (
  task TEXT NOT NULL,
  number BIGINT NOT NULL,
  owner TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (task, number)
);

CREATE TABLE sideline_account (
  session TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  account TEXT NOT NULL
);

CREATE TABLE sideline_notice (
  message_id TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  notice TEXT NOT NULL
);
