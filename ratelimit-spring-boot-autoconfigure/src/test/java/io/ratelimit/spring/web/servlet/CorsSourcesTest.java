package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.Filter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/** Which filters of the application are asked for the CORS headers of a denial. */
class CorsSourcesTest {
    private final CorsFilter filter = new CorsFilter(new UrlBasedCorsConfigurationSource());
    private final FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
    private final StaticWebApplicationContext context = new StaticWebApplicationContext();

    private List<Filter> filters(String path) {
        context.registerBean("registration", FilterRegistrationBean.class, () -> registration);
        context.refresh();
        MockHttpServletRequest request = new MockHttpServletRequest("GET", path);
        request.setServletPath(path);
        return new CorsSources(context).filters(request);
    }

    @ParameterizedTest
    @CsvSource({
        "/*, /any, true",
        "/api/*, /api/items, true",
        "/api/*, /api, true",
        "/api/*, /apis, false",
        "/api/*, /any, false",
        "*.json, /items.json, true",
        "*.json, /items, false",
        "/items, /items, true",
        "/items, /items/1, false",
    })
    void aRegistrationHoldsForThePathsThatItIsMappedTo(String pattern, String path, boolean asked) {
        registration.addUrlPatterns(pattern);

        assertThat(filters(path)).isEqualTo(asked ? List.of(filter) : List.of());
    }

    @Test
    void aRegistrationIsThereForAllPathsIfItNamesNone() {
        assertThat(filters("/any")).containsExactly(filter);
    }

    @Test
    void aFilterThatIsSwitchedOffByItsRegistrationIsNotAskedThoughItIsABean() {
        registration.setEnabled(false);
        context.registerBean("filter", CorsFilter.class, () -> filter);

        assertThat(filters("/any")).isEmpty();
    }

    @Test
    void aFilterThatIsABeanAndRegisteredIsAskedOnce() {
        context.registerBean("filter", CorsFilter.class, () -> filter);

        assertThat(filters("/any")).containsExactly(filter);
    }

    @Test
    void filtersOfOtherKindsAreNotAsked() {
        registration.setFilter((request, response, chain) -> {});

        assertThat(filters("/any")).isEmpty();
    }
}
