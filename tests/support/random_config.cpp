// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/random_config.h"

#include "engine/wire/option_table.h"

#include <algorithm>
#include <string>

namespace dorascope::test {
namespace {

using server::ClassTest;
using server::Config;
using server::OptionSettings;
using server::Subnet;

class Draw {
public:
    explicit Draw(std::uint32_t seed) : engine_{seed} { }

    std::uint32_t number(std::uint32_t least, std::uint32_t most)
    {
        return std::uniform_int_distribution<std::uint32_t>{least, most}(engine_);
    }
    bool often() { return number(0, 2) != 0; }
    bool seldom() { return number(0, 3) == 0; }
    std::uint8_t octet() { return static_cast<std::uint8_t>(number(0, 255)); }

    template <typename T> std::vector<T> octets(std::uint32_t least, std::uint32_t most)
    {
        std::vector<T> all(number(least, most));
        for (auto& one : all)
            one = static_cast<T>(octet());
        return all;
    }
    std::string host_name()
    {
        std::string name(number(1, 12), 'a');
        for (auto& c : name)
            c = static_cast<char>('a' + number(0, 25));
        return name;
    }
    /// Quotes, control characters, UTF-8, and octets that are none.
    std::string text()
    {
        static const std::string kPieces[] = {"a", "B", " ", "\"", "\\", "\n", "\x7f", "'", "#", "ä", "€", "𝄞", "\xff", "\xc0"};
        std::string all;
        for (auto n = number(1, 8); n > 0; --n)
            all += kPieces[number(0, static_cast<std::uint32_t>(std::size(kPieces)) - 1)];
        return all;
    }
    std::string plain_text()
    {
        static const std::string kPieces[] = {"a", "B", " ", "\"", "\\", "ä", "€"};
        std::string all;
        for (auto n = number(1, 8); n > 0; --n)
            all += kPieces[number(0, static_cast<std::uint32_t>(std::size(kPieces)) - 1)];
        return all;
    }
    Ipv4Address host() { return Ipv4Address::from_octets(172, 16, octet(), static_cast<std::uint8_t>(number(1, 254))); }
    std::vector<Ipv4Address> hosts()
    {
        std::vector<Ipv4Address> all(number(0, 3));
        for (auto& one : all)
            one = host();
        return all;
    }
    Duration duration(std::int64_t most_ms)
    {
        const std::int64_t ms = number(1, static_cast<std::uint32_t>(most_ms));
        return often() ? std::chrono::milliseconds{ms} : Duration{ms * 1'000'000 - number(0, 999'999)};
    }

    std::vector<std::byte> option_data(std::uint8_t code);
    OptionSettings options();
    ClassTest test();
    Subnet subnet(std::uint8_t index, const Config& config);
    server::Reservation reservation(std::uint8_t index, std::uint8_t i);

private:
    std::mt19937 engine_;
};

/// Well-formed now and then, so that each format is written in its own words.
std::vector<std::byte> Draw::option_data(std::uint8_t code)
{
    using F = wire::OptionFormat;
    wire::OptionValue value;
    switch (wire::option_info(code).format) {
    case F::address: value = host(); break;
    case F::addresses: value = std::vector{host(), host()}; break;
    case F::address_pairs: value = std::vector{std::pair{host(), host()}}; break;
    case F::u8: value = number(0, 255); break;
    case F::u16: value = number(0, 65535); break;
    case F::i32: value = static_cast<std::int32_t>(number(0, 99999)) - 50000; break;
    case F::seconds: value = seldom() ? wire::OptionValue{wire::Infinite{}} : wire::OptionValue{number(0, 99999)}; break;
    case F::flag: value = wire::Flag{often()}; break;
    case F::u16s: value = std::vector{number(0, 65535), number(0, 65535)}; break;
    case F::text: value = text(); break;
    case F::domain: value = host_name() + ".example"; break;
    case F::domains: value = std::vector{host_name() + ".example", host_name() + ".a.example"}; break;
    case F::routes: value = std::vector{wire::Route{Ipv4Prefix::of(host(), 19), host()}, wire::Route{{}, host()}}; break;
    case F::suboptions: value = std::vector{wire::SubOption{octet(), octets<std::uint8_t>(0, 5)}}; break;
    case F::vendor_options:
        value = std::vector{wire::VendorBlock{number(0, 99999), {{octet(), octets<std::uint8_t>(0, 4)}}}};
        break;
    case F::user_class: value = std::vector{host_name(), text()}; break;
    case F::uris: value = std::vector{text()}; break;
    default: break;
    }
    std::vector<std::byte> data;
    const bool drawn = !seldom() && value.index() != 0 && wire::encode_option(code, value, data).has_value();
    return drawn && !data.empty() ? data : octets<std::byte>(1, 9);
}

OptionSettings Draw::options()
{
    OptionSettings options;
    options.routers = hosts();
    options.dns_servers = hosts();
    options.ntp_servers = hosts();
    if (seldom()) options.domain_name = host_name() + ".example";
    if (seldom()) options.next_server = host();
    if (seldom()) options.boot_file = host_name() + "/" + plain_text();
    if (seldom()) options.server_name = host_name();
    // Options that nobody fills in but the one who configures.
    static const std::uint8_t kCodes[] = {2,   4,   7,   13,  17,  19,  21,  23,  25,  26,  33,  35,  43,  44,
                                          46,  68,  69,  77,  78,  79,  83,  88,  95,  99,  100, 108, 114, 119,
                                          120, 121, 124, 125, 143, 150, 151, 162, 209, 212, 213, 224, 249, 252};
    std::vector<std::uint8_t> codes(std::begin(kCodes), std::end(kCodes));
    std::ranges::shuffle(codes, engine_);
    codes.resize(number(0, 6));
    for (const auto code : codes) {
        const bool may_force = code != 108; // RFC 8925 §3.3: never unasked
        options.extra.push_back({code, option_data(code), may_force && seldom()});
    }
    return options;
}

ClassTest Draw::test()
{
    ClassTest test;
    test.subject = static_cast<ClassTest::Subject>(number(0, 3));
    static const std::uint8_t kCodes[] = {60, 60, 77, 77, 93, 93, 12, 55};
    if (test.subject == ClassTest::Subject::option) test.code = kCodes[number(0, 7)];
    const std::uint32_t width = test.code == 93 ? 2 : 1;
    test.prefix = often();
    test.data = octets<std::byte>(width, 2 * width);
    for (auto n = number(0, 2); n > 0; --n)
        test.alternatives.push_back(octets<std::byte>(width, 4));
    if (test.code == 77 && often()) { // as `user_class` has it
        test.prefix = false;
        test.data = {std::byte{'i'}, std::byte{'P'}};
        test.alternatives = {{std::byte{2}, std::byte{'i'}, std::byte{'P'}}};
    }
    if (seldom()) {
        test.offset = static_cast<std::uint16_t>(number(0, 12)); // a card has 16 octets at most
        test.anywhere = !test.prefix && often();
    }
    return test;
}

server::Reservation Draw::reservation(std::uint8_t index, std::uint8_t i)
{
    server::Reservation r;
    r.address = Ipv4Address::from_octets(10, index, 3, static_cast<std::uint8_t>(10 + i));
    const std::vector<std::uint8_t> id{octet(), index, i, octet()};
    switch (number(0, 5)) {
    case 0: r.hardware = HardwareAddress::of(MacAddress{{2, index, i, octet(), octet(), octet()}}); break;
    case 1: r.client_id = id; break;
    case 2: r.hardware = HardwareAddress{32, 4, {9, index, i, octet()}}; break;
    case 3: r.circuit_id = id; break;
    case 4:
        r.circuit_id = id;
        r.remote_id = id;
        break;
    default: r.client_hostname = "host-" + std::to_string(index) + "-" + std::to_string(i); break;
    }
    if (often()) r.hostname = host_name();
    if (seldom()) r.options = options();
    return r;
}

Subnet Draw::subnet(std::uint8_t index, const Config& config)
{
    Subnet s;
    s.prefix = Ipv4Prefix::of(Ipv4Address::from_octets(10, index, 0, 0), 16);
    for (std::uint8_t p = 0; p < number(1, 3); ++p) {
        const Ipv4Range range{Ipv4Address::from_octets(10, index, 1, static_cast<std::uint8_t>(p * 50 + 1)),
                              Ipv4Address::from_octets(10, index, 1, static_cast<std::uint8_t>(p * 50 + 40))};
        const bool classed = !config.classes.empty() && seldom();
        s.pools.emplace_back(range, classed ? config.classes[0].name : "");
    }
    if (often()) s.exclusions.push_back({s.pools[0].first + 1, s.pools[0].first + number(1, 5)});
    for (std::uint8_t i = 0; i < number(0, 4); ++i)
        s.reservations.push_back(reservation(index, i));
    s.options = options();
    s.lease_seconds = seldom() ? kInfiniteSeconds : number(1000, 5000);
    s.min_lease_seconds = number(1, 500);
    s.max_lease_seconds = seldom() ? kInfiniteSeconds : number(6000, 99999);
    const bool t2 = seldom();
    if (t2) s.rebinding_seconds = number(500, 900);
    if (t2 || seldom()) s.renewal_seconds = number(1, 400);
    return s;
}

} // namespace

server::Config random_config(std::uint32_t seed)
{
    Draw draw{seed};
    Config config;
    config.options = draw.options();
    for (std::uint32_t i = 0; i < draw.number(0, 3); ++i) {
        auto& c = config.classes.emplace_back();
        c.name = "class " + std::to_string(i) + draw.plain_text();
        for (auto n = draw.number(1, 4); n > 0; --n)
            c.tests.push_back(draw.test());
        c.deny = draw.seldom();
        c.options = draw.options();
        if (draw.seldom()) c.lease_seconds = draw.number(60, 9999);
        if (draw.seldom()) c.min_lease_seconds = draw.number(1, 60);
        if (draw.seldom()) c.max_lease_seconds = draw.seldom() ? kInfiniteSeconds : draw.number(9999, 99999);
    }
    if (!config.classes.empty()) config.classes[0].deny = false; // pools may be its own
    config.authority = static_cast<server::Authority>(draw.number(0, 2));
    config.polite_delay = draw.duration(5000);
    config.probe = {draw.often(), draw.number(1, 5), draw.duration(9999) + std::chrono::milliseconds{1}};
    config.limits = {draw.number(0, 1000), draw.number(0, 100000), draw.number(0, 64),
                     draw.number(0, 512),  draw.number(0, 256),    draw.number(0, 256)};
    config.rapid_commit = draw.seldom();
    config.subnet_selection = draw.seldom();
    config.bootp = draw.seldom();
    config.offer_hold = draw.duration(60000);
    config.decline_quarantine = draw.duration(600000);
    config.max_offers = draw.number(1, 1 << 24);
    const auto subnets = draw.number(1, 3);
    for (std::uint8_t i = 0; i < subnets; ++i)
        config.subnets.push_back(draw.subnet(i, config));
    if (subnets > 1 && draw.often()) config.subnets[0].shared_network = config.subnets[1].shared_network = "floor 2";
    return config;
}

} // namespace dorascope::test
