package io.ratelimit.spring.web.servlet;

import io.ratelimit.rule.Phase;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.filter.OncePerRequestFilter;

/** Basic authentication and bearer tokens; users under /user and /queue/echo; CSRF protection of /queue/echo. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ServletWebSecurityAutoConfiguration.class, SecurityFilterAutoConfiguration.class})
class WithSecurity {
    static final String CSRF_TOKEN = "0d5a3a3b-3f0c-4b57-9a35-0b5d0c1f2e4d";

    @Bean
    FilterRegistrationBean<Filter> early(Switchboard board) {
        return TestApplication.registered("early", -101, board.limiting(EnumSet.of(Phase.BEFORE_AUTHENTICATION)));
    }

    @Bean
    FilterRegistrationBean<Filter> late(Switchboard board) {
        return TestApplication.registered("late", -99, board.limiting(EnumSet.of(Phase.AFTER_AUTHENTICATION)));
    }

    @Bean
    SecurityFilterChain chain(HttpSecurity http, Switchboard board) {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers("/user/**", "/queue/echo")
                        .authenticated()
                        .anyRequest()
                        .permitAll())
                // Not a bean: only the chain itself knows it.
                .cors(cors -> cors.configurationSource(WithSecurity::corsOfTheChain))
                .httpBasic(Customizer.withDefaults())
                .logout(logout -> logout.logoutUrl("/logout"))
                .csrf(csrf -> csrf.csrfTokenRepository(new CookieCsrfTokenRepository())
                        .csrfTokenRequestHandler(new CsrfTokenRequestAttributeHandler())
                        .requireCsrfProtectionMatcher(
                                PathPatternRequestMatcher.withDefaults().matcher("/queue/echo")))
                .addFilterBefore(new BearerFilter(board), BasicAuthenticationFilter.class)
                .build();
    }

    private static CorsConfiguration corsOfTheChain(HttpServletRequest request) {
        if (!request.getRequestURI().endsWith("/limited/by-security")) {
            return null;
        }
        CorsConfiguration configuration = new CorsConfiguration().applyPermitDefaultValues();
        configuration.setAllowedOrigins(List.of("https://good.example"));
        return configuration;
    }

    /** Slow hashes would make up most of the time that the tests take. */
    @Bean
    PasswordEncoder passwordEncoder() {
        return new PasswordEncoder() {
            @Override
            public String encode(CharSequence password) {
                return password.toString();
            }

            @Override
            public boolean matches(CharSequence password, String encoded) {
                return encoded.contentEquals(password);
            }
        };
    }

    @Bean
    UserDetailsService users() {
        return new InMemoryUserDetailsManager(
                User.withUsername("ann").password("secret").roles("USER").build(),
                User.withUsername("bob").password("secret").roles("USER").build());
    }

    /** Takes the token for the user's name, as a filter for JWTs does with a signature in between. */
    private static final class BearerFilter extends OncePerRequestFilter {
        private final RequestAttributeSecurityContextRepository repository =
                new RequestAttributeSecurityContextRepository();
        private final Switchboard board;

        BearerFilter(Switchboard board) {
            this.board = board;
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            String header = request.getHeader("Authorization");
            if (header != null && header.startsWith("Bearer signed-")) {
                board.count("jwt");
                SecurityContext context = SecurityContextHolder.createEmptyContext();
                context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                        header.substring("Bearer signed-".length()), "", AuthorityUtils.NO_AUTHORITIES));
                SecurityContextHolder.setContext(context);
                repository.saveContext(context, request, response);
            }
            chain.doFilter(request, response);
        }
    }
}
