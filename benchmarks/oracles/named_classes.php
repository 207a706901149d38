<?php
// Prints "source TAB target": files of PHP below a folder, of which one names a class of the other.
spl_autoload_register(function ($class) {
    $file = '/usr/share/php/' . str_replace('\\', '/', $class) . '.php';
    if (is_file($file)) { require $file; }
});
use PhpParser\{Node, NodeTraverser, NodeVisitorAbstract, ParserFactory, ErrorHandler};
use PhpParser\NodeVisitor\NameResolver;
$root = realpath($argv[1]);
$parser = (new ParserFactory)->create(ParserFactory::PREFER_PHP7);
$all = trim((string) shell_exec('git -C ' . escapeshellarg($root) . " ls-files '*.php'"));
$defined = []; $named = []; $failed = 0;
foreach (explode("\n", $all) as $file) {
    $errors = new ErrorHandler\Collecting;
    $tree = $parser->parse(file_get_contents("$root/$file"), $errors);
    if ($tree === null || $errors->hasErrors()) { $failed++; fwrite(STDERR, "not parsed: $file\n"); }
    if ($tree === null) continue;
    $traverser = new NodeTraverser;
    $traverser->addVisitor(new NameResolver($errors));
    $tree = $traverser->traverse($tree);
    $visitor = new class extends NodeVisitorAbstract {
        public $defined = []; public $named = [];
        public function enterNode(Node $node) {
            if ($node instanceof Node\Stmt\ClassLike && isset($node->namespacedName)) {
                $this->defined[] = strtolower($node->namespacedName->toString());
            } elseif ($node instanceof Node\Stmt\UseUse) {
                $this->named[] = strtolower($node->name->toString());
            } elseif ($node instanceof Node\Stmt\GroupUse) {
                foreach ($node->uses as $use) $this->named[] = strtolower($node->prefix->toString() . '\\' . $use->name->toString());
            } elseif ($node instanceof Node\Name\FullyQualified) {
                $this->named[] = strtolower($node->toString());
            }
        }
    };
    $traverser = new NodeTraverser; $traverser->addVisitor($visitor); $traverser->traverse($tree);
    foreach ($visitor->defined as $name) $defined[$name] ??= $file;
    $named[$file] = $visitor->named;
}
foreach ($named as $file => $names) {
    $targets = [];
    foreach ($names as $name) if (isset($defined[$name]) && $defined[$name] !== $file) $targets[$defined[$name]] = true;
    foreach (array_keys($targets) as $target) echo "$file\t$target\n";
}
