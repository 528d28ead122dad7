package dev.sideline.host.record;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The log beside a database of SQLite, in which commits are until they are carried over into it, as
 * it is described in <a href="https://www.sqlite.org/fileformat2.html#walformat">SQLite's file
 * format</a>. It is read without SQLite, which takes all that stands before the first frame that is
 * not whole, and says nothing of what stands behind it.
 *
 * <p>Only while nobody has the database open.
 */
final class WalFile {

  private static final int HEADER = 32;
  private static final int FRAME_HEADER = 24;
  private static final int MAGIC = 0x377f0682;
  private static final int MAX_PAGE = 1 << 16;

  /**
   * What is in it.
   *
   * @param whole how many commits are whole, each behind another that is
   * @param behind how many commits stand behind the first frame that is not whole. One may be what
   *     was being written when the machine lost its power; more have once been told to be on the
   *     disk
   * @param cut whether the end of the last one is missing, which is what a loss of power leaves
   */
  record Content(int whole, int behind, boolean cut) {

    /** Whether something is lost that had been on the disk. */
    boolean damaged() {
      return behind > 1;
    }
  }

  /** What a frame is for. */
  private interface Frame {
    void take(int page, int pagesAfterCommit, boolean whole, byte[] content) throws IOException;
  }

  private final Path file;

  private WalFile(Path file) {
    this.file = file;
  }

  static WalFile of(Path database) {
    return new WalFile(path(database));
  }

  static Path path(Path database) {
    return database.resolveSibling(database.getFileName() + "-wal");
  }

  Content content() throws IOException {
    int[] commits = new int[2];
    boolean[] cut = new boolean[1];
    read(
        (page, pagesAfterCommit, whole, content) -> {
          if (pagesAfterCommit > 0) {
            commits[whole ? 0 : 1]++;
          }
          cut[0] = pagesAfterCommit == 0 || !whole;
        });
    return new Content(commits[0], commits[1], cut[0] || (Files.exists(file) && partOfFrame()));
  }

  private boolean partOfFrame() throws IOException {
    long size = Files.size(file);
    if (size <= HEADER) {
      return size > 0 && size < HEADER;
    }
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      int pageSize = ByteBuffer.wrap(in.readNBytes(HEADER)).getInt(8);
      return pageSize > 0 && (size - HEADER) % (FRAME_HEADER + pageSize) != 0;
    }
  }

  /**
   * Carries over into a database whatever can be read, also behind a frame that is not whole, up to
   * the last commit.
   */
  void carryOver(Path database) throws IOException {
    int[] last = {-1, 0};
    int[] frame = {0};
    read(
        (page, pagesAfterCommit, whole, content) -> {
          if (pagesAfterCommit > 0) {
            last[0] = frame[0];
            last[1] = pagesAfterCommit;
          }
          frame[0]++;
        });
    frame[0] = 0;
    try (RandomAccessFile pages = new RandomAccessFile(database.toFile(), "rw")) {
      int[] size = {0};
      read(
          (page, pagesAfterCommit, whole, content) -> {
            if (frame[0]++ <= last[0] && page > 0 && page <= last[1]) {
              pages.seek((page - 1L) * content.length);
              pages.write(content);
              size[0] = content.length;
            }
          });
      if (size[0] > 0) {
        pages.setLength((long) last[1] * size[0]);
      }
      pages.getFD().sync();
    }
  }

  private void read(Frame frames) throws IOException {
    if (!Files.exists(file) || Files.size(file) < HEADER) {
      return;
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), MAX_PAGE);
        DataInputStream data = new DataInputStream(in)) {
      byte[] head = data.readNBytes(HEADER);
      ByteBuffer header = ByteBuffer.wrap(head);
      int magic = header.getInt(0);
      int pageSize = header.getInt(8);
      if ((magic & ~1) != MAGIC || pageSize < 512 || pageSize > MAX_PAGE) {
        return; // SQLite takes nothing of it, nor can we.
      }
      Checksum checksum = new Checksum((magic & 1) == 0);
      checksum.add(head, 24);
      boolean whole = checksum.is(header.getInt(24), header.getInt(28));
      long salts = header.getLong(16);
      byte[] start = data.readNBytes(FRAME_HEADER);
      while (start.length == FRAME_HEADER) {
        byte[] page = data.readNBytes(pageSize);
        if (page.length < pageSize) {
          return;
        }
        ByteBuffer frame = ByteBuffer.wrap(start);
        if (frame.getLong(8) == salts) {
          checksum.add(start, 8);
          checksum.add(page, pageSize);
          whole = whole && checksum.is(frame.getInt(16), frame.getInt(20));
          frames.take(frame.getInt(0), frame.getInt(4), whole, page);
        } else {
          whole = false; // From before, or not what was written.
        }
        start = data.readNBytes(FRAME_HEADER);
      }
    }
  }

  /** Of all that stands in the log so far. */
  private static final class Checksum {

    private final ByteOrder order;
    private int first;
    private int second;

    Checksum(boolean littleEndian) {
      order = littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    void add(byte[] bytes, int length) {
      ByteBuffer words = ByteBuffer.wrap(bytes, 0, length).order(order);
      while (words.remaining() >= 8) {
        first += words.getInt() + second;
        second += words.getInt() + first;
      }
    }

    boolean is(int one, int two) {
      return first == one && second == two;
    }
  }
}
