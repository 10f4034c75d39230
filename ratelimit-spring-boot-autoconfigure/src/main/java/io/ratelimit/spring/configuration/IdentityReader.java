package io.ratelimit.spring.configuration;

import io.ratelimit.identity.AccessList;
import io.ratelimit.identity.AddressBlock;
import io.ratelimit.identity.AddressBlocks;
import io.ratelimit.identity.ClientAddressSettings;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads who is asking: the order of identities, proxies, prefixes and lists. */
final class IdentityReader {
    private final Problems problems;

    IdentityReader(Problems problems) {
        this.problems = problems;
    }

    /** Reads the kinds of identities in their order, as the core names them. */
    List<String> readOrder(List<RateLimitProperties.IdentityKind> order) {
        if (order.isEmpty() || EnumSet.copyOf(order).size() < order.size()) {
            problems.add(
                    "ratelimit.identity.order",
                    textOf(order),
                    order.isEmpty() ? "nothing identifies a requester" : "a kind of identity is there twice",
                    "some of api-key, user, ip, each once",
                    "[api-key, user, ip]");
            return List.of("ip");
        }
        return order.stream().map(IdentityReader::textOf).toList();
    }

    /** Reads how addresses are found. */
    ClientAddressSettings readAddresses(RateLimitProperties.Ip ip) {
        int before = problems.size();
        AddressBlocks proxies = blocks(
                "ratelimit.identity.ip.trusted-proxies",
                ip.trustedProxies(),
                "everybody would be a trusted proxy, and could claim any address");
        checkPrefix("ratelimit.identity.ip.ipv4-prefix", ip.ipv4Prefix(), 32, "32");
        checkPrefix("ratelimit.identity.ip.ipv6-prefix", ip.ipv6Prefix(), 128, "64");
        try {
            // The defaults stand in for what has been told already, so that what is left is the header.
            ClientAddressSettings header = new ClientAddressSettings(proxies, ip.forwardedHeader(), 32, 64);
            return problems.size() > before
                    ? header
                    : new ClientAddressSettings(proxies, ip.forwardedHeader(), ip.ipv4Prefix(), ip.ipv6Prefix());
        } catch (IllegalArgumentException refused) {
            problems.add("ratelimit.identity.ip.forwarded-header", ip.forwardedHeader(), refused, "X-Forwarded-For");
            return ClientAddressSettings.defaults();
        }
    }

    /**
     * Reads a list of requesters.
     *
     * @param property its name
     * @param keyNames the names of the API keys there are; empty if only a bean of the application knows them
     */
    AccessList readList(String property, RateLimitProperties.AccessList list, Optional<Set<String>> keyNames) {
        checkNames(property + ".api-keys", list.apiKeys());
        checkNames(property + ".users", list.users());
        keyNames.ifPresent(known -> checkKnown(property + ".api-keys", list.apiKeys(), known));
        AddressBlocks addresses = blocks(property + ".addresses", list.addresses(), "everybody would be on the list");
        return new AccessList(Set.copyOf(list.apiKeys()), Set.copyOf(list.users()), addresses);
    }

    private void checkKnown(String property, List<String> names, Set<String> known) {
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (!name.isBlank() && !known.contains(name)) {
                problems.addUnknown(problems.given().elementOf(property, i), name, "API key", new TreeSet<>(known));
            }
        }
    }

    private void checkNames(String property, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).isBlank()) {
                problems.add(
                        problems.given().elementOf(property, i), names.get(i), "the name is blank", "a name", "acme");
            }
        }
    }

    private AddressBlocks blocks(String property, List<String> texts, String ifEverybody) {
        List<AddressBlock> blocks = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String element = problems.given().elementOf(property, i);
            String text = texts.get(i).strip();
            if (text.endsWith("/0")) {
                problems.add(element, text, ifEverybody, "addresses and blocks, such as 10.0.0.0/8", "10.0.0.0/8");
                continue;
            }
            try {
                blocks.add(AddressBlock.parse("address", text));
            } catch (IllegalArgumentException refused) {
                problems.add(element, text, refused, "10.0.0.0/8");
            }
        }
        return AddressBlocks.of(blocks);
    }

    private void checkPrefix(String property, int prefix, int most, String example) {
        if (prefix < 1 || prefix > most) {
            problems.add(
                    property, prefix, "an address has " + most + " bits", "a whole number from 1 to " + most, example);
        }
    }

    private static String textOf(List<RateLimitProperties.IdentityKind> order) {
        return String.join(", ", order.stream().map(IdentityReader::textOf).toList());
    }

    private static String textOf(RateLimitProperties.IdentityKind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
