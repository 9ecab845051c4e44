<?php
// Signs in by the connection of the sample, and reports the session.
require 'Doctrine/DBAL/autoload.php';
require __DIR__ . '/sample.php';

echo json_encode($connection->fetchAssociative(getenv('QUERY'))), "\n";
