-- What is looked for has a column of its own; the rest is JSON. Times are epoch milliseconds.
-- The same text for SQLite and PostgreSQL.

CREATE TABLE sideline_session (
  id TEXT NOT NULL PRIMARY KEY,
  parent TEXT,
  number BIGINT NOT NULL,
  used BIGINT NOT NULL,
  size BIGINT NOT NULL,
  workplace TEXT,
  about TEXT NOT NULL,
  state TEXT NOT NULL,
  allowed TEXT NOT NULL
);

CREATE INDEX sideline_session_child ON sideline_session (parent, number);

CREATE INDEX sideline_session_workplace ON sideline_session (workplace)
  WHERE workplace IS NOT NULL;

CREATE TABLE sideline_session_message (
  session TEXT NOT NULL,
  number BIGINT NOT NULL,
  open INTEGER NOT NULL,
  asked TEXT,
  message TEXT NOT NULL,
  PRIMARY KEY (session, number)
);

CREATE INDEX sideline_session_unfinished ON sideline_session_message (session, number)
  WHERE open = 1;

CREATE TABLE sideline_workplace (
  id TEXT NOT NULL PRIMARY KEY,
  workplace TEXT NOT NULL
);

CREATE TABLE sideline_session_mark (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);
