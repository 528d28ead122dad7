package dev.sideline.host.embedded;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.host.process.ProcessTrees;
import dev.sideline.host.record.DataDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A process for {@link KilledSessionsIT}: several clients use the sessions of a data folder without
 * pause. Says each thing on a line of its own before it does it, and again when it was confirmed.
 * It begins with what the process before it was not told of; it is ended from outside.
 */
final class KilledSessions {

  private static final int CLIENTS = 4;

  private final SessionClient sessions;
  private final List<Session> known = new CopyOnWriteArrayList<>();

  private KilledSessions(SessionClient sessions) {
    this.sessions = sessions;
  }

  /** An agent that notes what it was told, and tells it. */
  static AgentDefinition worker(Path folder) {
    return AgentDefinition.of(
        "worker",
        "",
        List.of(
            "sh",
            "-c",
            "printf '%s\\n' \"$1\" >> \"$0/runs\"; printf 'told: %s' \"$1\"; sleep 0.03; echo .",
            folder.toString(),
            "{prompt}"));
  }

  /** The arguments: a folder, and a seed. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    EmbeddedRuntime runtime =
        EmbeddedRuntime.create(
            Workplace.of(List.of(worker(folder)), folder),
            ProcessTrees.unwatched(),
            DataDirectory.claim(folder.resolve("data"), "test").database("sessions"));
    new KilledSessions(runtime.sessions()).run(folder, Long.parseLong(arguments[1]));
  }

  private void run(Path folder, long seed) throws Exception {
    for (String line : Files.readAllLines(folder.resolve("known"))) {
      Sandbox.answer(sessions.get(line)).ifPresent(known::add);
    }
    for (String line : Files.readAllLines(folder.resolve("unconfirmed"))) {
      String[] words = line.split(" ", -1);
      prompt(words[0], words[1], words[2], Boolean.parseBoolean(words[3]));
    }
    say("ready");
    for (int i = 0; i < CLIENTS; i++) {
      Random random = new Random(seed * CLIENTS + i);
      Thread client = new Thread(() -> work(random), "client-" + i);
      client.start();
    }
  }

  private void work(Random random) {
    while (true) {
      int what = random.nextInt(100);
      Session session = known.isEmpty() ? null : known.get(random.nextInt(known.size()));
      if (session == null || what < 15) {
        create(what % 2 == 0 ? null : session);
      } else if (what < 17) {
        delete(session);
      } else if (what < 90) {
        prompt(session.id(), sessions.newMessageId(), UUID.randomUUID().toString(), what % 5 != 0);
      } else {
        tellWhatIsFinished(session);
      }
    }
  }

  private void create(Session parent) {
    String tag = UUID.randomUUID().toString();
    String parentId = parent == null ? null : parent.id();
    try {
      Session created =
          Sandbox.answer(sessions.create(new NewSession(parentId, "s", null, Map.of("tag", tag))));
      say("created " + created.id() + " " + parentId + " " + tag);
      known.add(created);
    } catch (RuntimeException parentIsGone) {
      known.remove(parent);
    }
  }

  private void delete(Session session) {
    say("deleting " + session.id());
    known.remove(session);
    Sandbox.answer(sessions.delete(session.id()));
    say("deleted " + session.id());
  }

  private void prompt(String sessionId, String messageId, String text, boolean wake) {
    String what = sessionId + " " + messageId + " " + text + " " + wake;
    say("sending " + what);
    Prompt prompt = Prompt.of(sessionId, messageId, text).withAgent("worker");
    try {
      Sandbox.answer(sessions.prompt(wake ? prompt : prompt.withoutWaking()));
      say("sent " + what);
    } catch (RuntimeException sessionIsGone) {
      say("refused " + what);
    }
  }

  private void tellWhatIsFinished(Session session) {
    try {
      for (Message message : Sandbox.answer(sessions.messages(session.id(), 5))) {
        if (message.role() == Message.Role.ASSISTANT && message.completedAt() != null) {
          String text = message.text().replace("\n", "|");
          say("finished " + session.id() + " " + message.id() + " " + text);
        }
      }
    } catch (RuntimeException sessionIsGone) {
      known.remove(session);
    }
  }

  private static void say(String line) {
    synchronized (System.out) {
      System.out.println(line);
      System.out.flush();
    }
  }
}
