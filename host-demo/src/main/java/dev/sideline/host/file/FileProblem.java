package dev.sideline.host.file;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file could not be had, in words for a person instead of the name of a class. */
public final class FileProblem {

  private FileProblem() {}

  /** The words, such as {@code permission denied: /x/y}. */
  public static String words(IOException problem) {
    if (problem instanceof CharacterCodingException) {
      return "it is not text in UTF-8";
    }
    if (!(problem instanceof FileSystemException at)) {
      return problem.getMessage() == null ? "reading or writing failed" : problem.getMessage();
    }
    String why = at.getReason();
    if (problem instanceof AccessDeniedException) {
      why = "permission denied";
    } else if (problem instanceof NoSuchFileException) {
      why = "no such file or folder";
    } else if (problem instanceof NotDirectoryException) {
      why = "not a folder";
    }
    return (why == null ? "reading or writing failed" : why)
        + (at.getFile() == null ? "" : ": " + at.getFile());
  }
}
