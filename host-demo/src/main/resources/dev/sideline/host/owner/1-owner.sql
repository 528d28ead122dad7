-- Where sessions live that live in another runtime than most, and which session stands for a
-- conversation. All of a tree live where its root does. Times are epoch milliseconds.

CREATE TABLE sideline_place (
  session TEXT NOT NULL PRIMARY KEY,
  root TEXT NOT NULL,
  noted BIGINT NOT NULL
);

CREATE TABLE sideline_root (
  session TEXT NOT NULL PRIMARY KEY,
  runtime TEXT NOT NULL
);

-- Of the runtimes of one project, one has the sessions that another had before it.
CREATE TABLE sideline_runtime (
  name TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL
);

CREATE TABLE sideline_conversation (
  name TEXT NOT NULL PRIMARY KEY,
  session TEXT NOT NULL,
  seen BIGINT NOT NULL
);
