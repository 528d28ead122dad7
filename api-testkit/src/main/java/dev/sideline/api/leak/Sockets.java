package dev.sideline.api.leak;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The open network sockets of this process. None where there is no {@code /proc}. */
final class Sockets {

  private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final Path SELF = Path.of("/proc/self");
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final int UNIX_INODE = 6;

  private Sockets() {}

  static Map<String, String> open() {
    Map<String, String> known = new HashMap<>();
    for (String protocol : List.of("tcp", "tcp6", "udp", "udp6")) {
      for (String line : ProcFiles.lines(SELF.resolve("net").resolve(protocol))) {
        String[] fields = SPACE.split(line.strip(), INODE + 2);
        if (fields.length > INODE && !fields[0].equals("sl")) {
          known.put(
              fields[INODE],
              String.format(
                  "%s socket %s -> %s in state %s",
                  protocol, address(fields[LOCAL]), address(fields[REMOTE]), fields[STATE]));
        }
      }
    }
    Set<String> unix = new HashSet<>();
    for (String line : ProcFiles.lines(SELF.resolve("net/unix"))) {
      String[] fields = SPACE.split(line.strip(), UNIX_INODE + 2);
      if (fields.length > UNIX_INODE) {
        unix.add(fields[UNIX_INODE]);
      }
    }
    Map<String, String> open = new TreeMap<>();
    for (Path descriptor : ProcFiles.entries(SELF.resolve("fd"))) {
      Matcher socket = SOCKET.matcher(ProcFiles.linkTarget(descriptor));
      // The JDK keeps a Unix domain socket of its own, and the first user of a network opens it.
      if (socket.matches() && !unix.contains(socket.group(1))) {
        open.put(
            "socket " + socket.group(1),
            known.getOrDefault(
                socket.group(1), "socket without a connection (reset, or not yet bound)"));
      }
    }
    return open;
  }

  /** The kernel writes the port in hexadecimal, after the address. */
  private static String address(String raw) {
    int colon = raw.lastIndexOf(':');
    return "port " + Integer.parseInt(raw.substring(colon + 1), 16);
  }
}
