<?php
// Prints the URL that the sample composes.
require __DIR__ . '/sample.php';

echo getenv('DATABASE_URL'), "\n";
