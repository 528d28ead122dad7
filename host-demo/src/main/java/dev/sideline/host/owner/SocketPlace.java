package dev.sideline.host.owner;

import dev.sideline.host.file.OwnFiles;
import dev.sideline.host.file.SmallFile;
import dev.sideline.host.file.StableName;
import dev.sideline.host.file.WholeFile;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Where the owner of a data folder listens: in that folder, which nobody but its user can enter, or
 * in another such folder where the path would be too long for a socket. Which one that is stands in
 * a file of the data folder, since clients may have another environment.
 */
final class SocketPlace {

  private static final String NAME = "owner.sock";
  private static final String ELSEWHERE = "owner.socket";

  /** All systems take so many; Linux 107, macOS 103. */
  private static final int LONGEST_PATH_BYTES = 100;

  private final Path data;
  private final Path socket;

  private SocketPlace(Path data, Path socket) {
    this.data = data;
    this.socket = socket;
  }

  /**
   * Listens there. Only for whoever has the data folder: what an owner before has left there goes.
   *
   * @param data the folder, without links
   * @param environment which may name a folder for sockets
   * @throws IOException if that cannot be had; the message says why and what to do
   */
  static ServerSocketChannel listen(Path data, Map<String, String> environment) throws IOException {
    Path near = data.resolve(NAME);
    SocketPlace place = new SocketPlace(data, fits(near) ? near : far(data, environment));
    place.clear();
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listening.bind(UnixDomainSocketAddress.of(place.socket));
      if (WholeFile.hasPosixPermissions(place.socket)) {
        Files.setPosixFilePermissions(place.socket, PosixFilePermissions.fromString("rw-------"));
      }
      place.tell();
      return listening;
    } catch (IOException e) {
      listening.close();
      throw e;
    }
  }

  private static boolean fits(Path file) {
    return file.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_PATH_BYTES;
  }

  /** A folder of this user alone, in the one that the system has for such things. */
  private static Path far(Path data, Map<String, String> environment) throws IOException {
    String named = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    Path base =
        named.startsWith("/") ? Path.of(named) : Path.of(System.getProperty("java.io.tmpdir"));
    Path folder = base.toRealPath().resolve("sideline-" + StableName.of(data.toString()));
    WholeFile.createSecretFolder(folder);
    OwnFiles.requireOwnFolder(folder);
    Path socket = folder.resolve(NAME);
    if (!fits(socket)) {
      throw new IOException(
          "the path "
              + data.resolve(NAME)
              + " is too long for a socket, and so is "
              + socket
              + "; name a data folder with a shorter path, or set XDG_RUNTIME_DIR");
    }
    return socket;
  }

  /** Takes away what an owner before has left. */
  private void clear() throws IOException {
    try {
      requireOwnSocket(socket);
      Files.deleteIfExists(socket);
    } catch (NoSuchFileException e) {
      // Nobody has left anything.
    }
  }

  private static void requireOwnSocket(Path file) throws IOException {
    BasicFileAttributes kind =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    String what =
        kind.isSymbolicLink()
            ? "a link"
            : kind.isRegularFile() ? "a file" : kind.isDirectory() ? "a folder" : "";
    if (!what.isEmpty()) {
      throw new IOException(
          "in the place of the socket "
              + file
              + " is "
              + what
              + "; take it away if it is not yours");
    }
    if (OwnFiles.belongsToAnother(file)) {
      throw new IOException("the socket " + file + " belongs to another user");
    }
  }

  private void tell() throws IOException {
    if (socket.startsWith(data)) {
      Files.deleteIfExists(data.resolve(ELSEWHERE));
    } else {
      WholeFile.replaceSecret(data.resolve(ELSEWHERE), socket + "\n");
    }
  }

  /**
   * Connects to whoever listens there, and makes sure that it is this user.
   *
   * @param data the folder
   * @throws NoSuchFileException if nobody has listened there yet
   * @throws java.net.ConnectException if nobody listens there any more
   * @throws IOException if somebody else may
   */
  static SocketChannel connect(Path data) throws IOException {
    Path real = data.toRealPath();
    Path socket = socketOf(real);
    OwnFiles.requireOwnFolder(real);
    if (!socket.startsWith(real)) {
      Path folder = socket.getParent();
      OwnFiles.requireOwnFolder(folder == null ? socket : folder);
    }
    requireOwnSocket(socket);
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      requireThisUser(channel);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static Path socketOf(Path data) throws IOException {
    Path near = data.resolve(NAME);
    if (fits(near)) {
      return near;
    }
    try {
      return Path.of(SmallFile.read(data.resolve(ELSEWHERE)).strip());
    } catch (InvalidPathException e) {
      throw new IOException(data.resolve(ELSEWHERE) + " names no file", e);
    }
  }

  /**
   * Makes sure that the process at the other end belongs to the user of this one, where the system
   * tells.
   */
  static void requireThisUser(SocketChannel channel) throws IOException {
    if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
      return;
    }
    UnixDomainPrincipal other = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    String self = System.getProperty("user.name", "");
    String name = other.user().getName();
    if (!name.equals(self) && !name.equals(ownNumber())) {
      throw new IOException("the process at the other end belongs to another user, " + name);
    }
  }

  /** A user without a name is told by a number. */
  private static String ownNumber() throws IOException {
    Path self = Path.of("/proc/self");
    return Files.isDirectory(self) ? Files.getAttribute(self, "unix:uid").toString() : "";
  }

  /** Nobody finds the owner there any more. Only for whoever has the data folder. */
  static void leave(Path data) throws IOException {
    Path socket = socketOf(data);
    Files.deleteIfExists(socket);
    Files.deleteIfExists(data.resolve(ELSEWHERE));
  }
}
