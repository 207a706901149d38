import com.sun.source.tree.*;
import com.sun.source.util.*;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.stream.*;
import javax.lang.model.element.*;
import javax.tools.*;

/** Prints "source TAB target": files of Java below a folder, of which one names a class of the other. */
public class JavacEdges {
  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]).toRealPath();
    List<File> files;
    try (Stream<Path> walked = Files.walk(root)) {
      files = walked.filter(path -> path.toString().endsWith(".java")
          && !path.getFileName().toString().equals("module-info.java"))
          .map(Path::toFile).sorted().collect(Collectors.toList());
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
    List<String> options = List.of("-proc:none", "-XDshould-stop.ifError=FLOW", "-Xmaxerrs", "1");
    JavacTask task = (JavacTask) compiler.getTask(new StringWriter(), manager, problem -> {}, options,
        null, manager.getJavaFileObjectsFromFiles(files));
    Iterable<? extends CompilationUnitTree> units = task.parse();
    task.analyze();
    Trees trees = Trees.instance(task);
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (CompilationUnitTree unit : units) {
      String source = name(root, unit.getSourceFile());
      Set<String> targets = new TreeSet<>();
      new TreePathScanner<Void, Void>() {
        @Override public Void visitIdentifier(IdentifierTree tree, Void nothing) { note(); return super.visitIdentifier(tree, nothing); }
        @Override public Void visitMemberSelect(MemberSelectTree tree, Void nothing) { note(); return super.visitMemberSelect(tree, nothing); }
        private void note() {
          Element found = trees.getElement(getCurrentPath());
          while (found != null && !(found instanceof TypeElement)) {
            if (found.getKind() == ElementKind.PACKAGE) return;
            found = null;
          }
          if (found == null) return;
          TreePath place = trees.getPath(found);
          if (place != null) targets.add(name(root, place.getCompilationUnit().getSourceFile()));
        }
      }.scan(unit, null);
      targets.remove(source);
      for (String target : targets) out.println(source + "\t" + target);
    }
    out.flush();
  }

  private static String name(Path root, FileObject file) {
    return root.relativize(Path.of(file.toUri())).toString().replace('\\', '/');
  }
}
