package example;

import com.zaxxer.hikari.HikariDataSource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Signs in by the properties of the sample, and reports the session. With the argument `url`, prints the URL that the sample composes. */
@SpringBootConfiguration
@EnableAutoConfiguration
public class Main {
    public static void main(final String[] args) {
        if (args.length > 0) {
            System.out.println(databaseUrl());
            return;
        }
        try (var context = SpringApplication.run(Main.class)) {
            var session = context.getBean(JdbcTemplate.class).queryForMap(System.getenv("QUERY"));
            var pool = context.getBean(HikariDataSource.class).getMaximumPoolSize();
            System.out.printf("{\"user\":\"%s\",\"ssl\":%s,\"pool\":%d}%n", session.get("user"), session.get("ssl"), pool);
        }
    }

    // The sample stands here.
}
