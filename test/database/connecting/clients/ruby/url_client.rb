# Signs in by the URL that the sample composes, and reports the session.
require "json"
require "pg"
require_relative "sample"

session = PG.connect(ENV.fetch("DATABASE_URL")).exec(ENV.fetch("QUERY")).first
puts({ user: session["user"], ssl: session["ssl"] == "t" }.to_json)
