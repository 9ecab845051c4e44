/*
 * What a name may not be, language by language, beyond what jsii itself warns about. Words with a capital or an underscore that no
 * name of the library can become are left out.
 */

/** The keywords of Python 3.12 and the names that the generated code uses itself. */
export const PYTHON_KEYWORDS = new Set([
  'and', 'as', 'assert', 'async', 'await', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else', 'except', 'finally', 'for', 'from',
  'global', 'if', 'import', 'in', 'is', 'lambda', 'nonlocal', 'not', 'or', 'pass', 'raise', 'return', 'try', 'while', 'with', 'yield',
  'self', 'cls', 'jsii', 'typing', 'builtins', 'publication', 'typeguard', 'abc', 'enum',
]);

/** Built-in types and decorators: a member of this name hides them in the rest of its class, where annotations need them. */
export const PYTHON_BUILTIN_TYPES = new Set([
  'bool', 'bytearray', 'bytes', 'classmethod', 'complex', 'dict', 'float', 'frozenset', 'int', 'list', 'object', 'property', 'range', 'set',
  'staticmethod', 'str', 'super', 'tuple', 'type',
]);

/** Built-in functions: a parameter of this name hides the function where the method is overridden. `id` is CDK's own everywhere. */
export const PYTHON_BUILTIN_FUNCTIONS = new Set([
  'abs', 'aiter', 'all', 'anext', 'any', 'ascii', 'bin', 'breakpoint', 'callable', 'chr', 'compile', 'delattr', 'dir', 'divmod', 'enumerate', 'eval', 'exec', 'exit',
  'filter', 'format', 'getattr', 'globals', 'hasattr', 'hash', 'help', 'hex', 'input', 'isinstance', 'issubclass', 'iter', 'len', 'license', 'locals', 'map', 'max', 'memoryview', 'min',
  'next', 'oct', 'open', 'ord', 'pow', 'print', 'quit', 'repr', 'reversed', 'round', 'setattr', 'slice', 'sorted', 'sum', 'vars', 'zip',
]);

/** Exceptions and warnings of Python: a class of this name hides them wherever it is imported. */
export const PYTHON_BUILTIN_CLASSES = new Set([
  'ArithmeticError', 'AssertionError', 'AttributeError', 'BaseException', 'BlockingIOError', 'BrokenPipeError', 'BufferError', 'BytesWarning',
  'ConnectionError', 'DeprecationWarning', 'EOFError', 'EnvironmentError', 'Exception', 'FileExistsError', 'FileNotFoundError', 'FutureWarning',
  'GeneratorExit', 'IOError', 'ImportError', 'IndexError', 'InterruptedError', 'KeyError', 'KeyboardInterrupt', 'LookupError', 'MemoryError',
  'NameError', 'NotImplemented', 'NotImplementedError', 'OSError', 'OverflowError', 'PermissionError', 'ProcessLookupError', 'RecursionError',
  'ReferenceError', 'ResourceWarning', 'RuntimeError', 'RuntimeWarning', 'StopIteration', 'SyntaxError', 'SystemError', 'SystemExit', 'TabError',
  'TimeoutError', 'TypeError', 'UnicodeError', 'UserWarning', 'ValueError', 'Warning', 'ZeroDivisionError', 'Ellipsis', 'True', 'False', 'None',
]);

/** Keywords and literals of Java 17, without those that are words only where a type is declared (`record`, `var`). */
export const JAVA_KEYWORDS = new Set([
  'abstract', 'assert', 'boolean', 'break', 'byte', 'case', 'catch', 'char', 'class', 'const', 'continue', 'default', 'do', 'double', 'else', 'enum',
  'extends', 'false', 'final', 'finally', 'float', 'for', 'goto', 'if', 'implements', 'import', 'instanceof', 'int', 'interface', 'long', 'native',
  'new', 'null', 'package', 'private', 'protected', 'public', 'return', 'short', 'static', 'strictfp', 'super', 'switch',
  'synchronized', 'this', 'throw', 'throws', 'transient', 'true', 'try', 'void', 'volatile', 'while', 'yield',
]);

/** Methods of java.lang.Object, those that a builder has, and what the generated classes have of their own. */
export const JAVA_TAKEN_METHODS = new Set([
  'clone', 'equals', 'finalize', 'getClass', 'hashCode', 'notify', 'notifyAll', 'toString', 'wait', 'build', 'builder', 'create', 'jsiiGet', 'jsiiSet', 'jsiiCall',
]);

/** Types of java.lang that every file sees without an import. */
export const JAVA_LANG_TYPES = new Set([
  'Appendable', 'AutoCloseable', 'Boolean', 'Byte', 'CharSequence', 'Character', 'Class', 'ClassLoader', 'Cloneable', 'Comparable', 'Deprecated', 'Double',
  'Enum', 'Error', 'Exception', 'Float', 'FunctionalInterface', 'Integer', 'Iterable', 'Long', 'Math', 'Module', 'Number', 'Object', 'Override', 'Package',
  'Process', 'ProcessBuilder', 'ProcessHandle', 'Readable', 'Record', 'Runnable', 'Runtime', 'RuntimeException', 'SafeVarargs', 'Short', 'StackTraceElement',
  'StackWalker', 'StrictMath', 'String', 'StringBuffer', 'StringBuilder', 'System', 'Thread', 'ThreadGroup', 'ThreadLocal', 'Throwable', 'Void',
  // Seen by every test and nearly every class that deals with CDK.
  'List', 'Map', 'Set', 'Optional', 'Objects',
]);

/** Keywords and predeclared identifiers of Go, as parameters; members begin with a capital there. */
export const GO_PARAMETERS = new Set([
  'break', 'case', 'chan', 'const', 'continue', 'default', 'defer', 'else', 'fallthrough', 'for', 'func', 'go', 'goto', 'if', 'import', 'interface', 'map',
  'package', 'range', 'return', 'select', 'struct', 'switch', 'type', 'var',
  'any', 'append', 'bool', 'byte', 'cap', 'clear', 'close', 'comparable', 'complex', 'copy', 'delete', 'error', 'false', 'float32', 'float64', 'imag', 'int',
  'iota', 'len', 'make', 'max', 'min', 'new', 'nil', 'panic', 'print', 'println', 'real', 'recover', 'rune', 'string', 'true', 'uint', 'uintptr',
]);
