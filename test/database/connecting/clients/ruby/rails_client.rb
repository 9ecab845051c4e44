# Signs in by the database.yml of the sample, and reports the session.
require "active_record"
require "erb"
require "json"
require "yaml"

configuration = YAML.safe_load(ERB.new(File.read(File.join(__dir__, "database.yml"))).result)
ActiveRecord::Base.establish_connection(configuration["production"])
session = ActiveRecord::Base.connection.select_one(ENV.fetch("QUERY"))
puts session.merge("pool" => ActiveRecord::Base.connection_pool.size).to_json
