<?php
// Applies the migrations of FOLDER in the order of their names to the PostgreSQL database NAME, whose
// server stands at the socket folder HOST and PORT, with the query builder of Laravel that Debian
// packages (php-illuminate-database, php-illuminate-events, php-pgsql, php-doctrine-dbal).
// Classes of the project that they name are empty models; what fails is told and left out.
require '/usr/share/php/Illuminate/Database/autoload.php';
require '/usr/share/php/Illuminate/Events/autoload.php';
@include '/usr/share/php/Doctrine/DBAL/autoload.php';
use Illuminate\Container\Container;
use Illuminate\Database\Capsule\Manager;
use Illuminate\Support\Facades\{DB, Facade, Schema};
[, $folder, $host, $port, $name] = $argv;
$container = new Container; Container::setInstance($container);
$capsule = new Manager($container);
$capsule->addConnection(['driver' => 'pgsql', 'host' => $host, 'port' => $port, 'database' => $name, 'username' => 'postgres', 'schema' => 'public']);
$capsule->setAsGlobal(); $capsule->bootEloquent();
$container->instance('db', $capsule->getDatabaseManager());
$container->bind('db.schema', fn () => $capsule->getConnection()->getSchemaBuilder());
Facade::setFacadeApplication($container);
foreach (['Schema' => Schema::class, 'DB' => DB::class] as $name => $class) class_alias($class, $name);
function storage_path($path = "") { return "/tmp/none"; }
function config($key = null, $default = null) { return $key === 'database.default' ? 'pgsql' : $default; }
class NoRows extends \Illuminate\Support\Collection { public function get($key = null, $default = null) { return $this; } public function __call($name, $given) { return $this; } }
abstract class NoModel extends \Illuminate\Database\Eloquent\Model {
    public static function __callStatic($name, $given) { return new NoRows; }
}
$source = [];
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator("$folder/../../app")) as $one) {
    if (str_ends_with($one, '.php')) $source[basename($one, '.php')] = file_get_contents($one);
}
spl_autoload_register(function ($class) use ($source) {
    $at = strrpos($class, '\\'); $own = substr($class, $at ? $at + 1 : 0);
    if ($at === false || str_contains($class, 'Illuminate\\') || str_contains($class, 'Doctrine\\')) return;
    preg_match_all('/^\s*(?:public )?const \w+ = [^;]+;|^\s*protected \$(?:table|primaryKey) = [^;]+;/m', $source[$own] ?? '', $kept);
    eval('namespace ' . substr($class, 0, $at) . "; class $own extends \\NoModel { " . implode(' ', $kept[0]) . ' }');
});
$files = glob("$folder/*.php"); sort($files); $failed = 0;
foreach ($files as $each) {
    $before = get_declared_classes();
    try {
        $made = require $each;
        if (!is_object($made)) {
            $new = array_values(array_filter(array_diff(get_declared_classes(), $before), fn ($one) => is_subclass_of($one, 'Illuminate\Database\Migrations\Migration')));
            $made = new $new[0];
        }
        $made->up();
    } catch (\Throwable $error) {
        $failed++; fwrite(STDERR, basename($each) . ': ' . substr($error->getMessage(), 0, 150) . "\n");
    }
}
echo count($files) . " migrations, $failed failed\n";
