// SPDX-License-Identifier: GPL-3.0-or-later
// Overlaps are found in the time that sorting takes. What is found is what comparing everything with everything finds, in the same words
// and order; only where several share one address is it less, and then nobody is left out.
#include "engine/server/address_ranges.h"
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

#include <fmt/format.h>
#include <numeric>
#include <random>
#include <set>

namespace dorascope::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> lines(const ConfigErrors& errors)
{
    std::vector<std::string> out;
    for (const ConfigError& each : errors)
        out.push_back(each.key + ": " + each.problem);
    return out;
}

Config subnets_of(std::vector<Subnet> subnets)
{
    Config config;
    config.subnets = std::move(subnets);
    return config;
}

/// 1 to 4 subnets of 10.0.0.0/16, which may overlap, with up to 8 pools each, now and then outside.
Config random_overlaps(std::mt19937& random)
{
    const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    Config config;
    for (std::uint32_t s = 0, count = 1 + below(4); s < count; ++s) {
        Subnet& subnet = config.subnets.emplace_back();
        subnet.prefix = Ipv4Prefix::of({0x0a000000U | below(1U << 16)}, static_cast<std::uint8_t>(18 + below(7)));
        for (std::uint32_t p = 0, pools = 1 + below(8); p < pools; ++p) {
            const Ipv4Address first = subnet.prefix.network + 1 + below(below(10) == 0 ? 1U << 15 : 200);
            subnet.pools.emplace_back(first, first + below(30));
        }
    }
    return config;
}

bool inside(const Subnet& subnet, const Ipv4Range& pool)
{
    return subnet.prefix.contains(pool.first) && subnet.prefix.contains(pool.last);
}

/// Every two that overlap, each with each.
std::vector<std::string> all_overlaps(const Config& config)
{
    std::vector<std::string> out;
    const auto& subnets = config.subnets;
    const auto name = [](std::size_t s, std::size_t p) { return fmt::format("subnet[{}].pool[{}]", s, p); };
    for (std::size_t i = 0; i < subnets.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const auto &a = subnets[i].prefix, &b = subnets[j].prefix;
            if (a.contains(b.network) || b.contains(a.network))
                out.push_back(fmt::format("subnet[{}].prefix: {} overlaps subnet[{}], {}", i, a.to_string(), j, b.to_string()));
        }
        for (std::size_t p = 0; p < subnets[i].pools.size(); ++p) {
            const Ipv4Range& pool = subnets[i].pools[p];
            if (!inside(subnets[i], pool)) continue;
            std::vector<std::size_t> order{i};
            for (std::size_t s = 0; s < i; ++s)
                order.push_back(s);
            for (const std::size_t s : order) {
                for (std::size_t j = 0; j < (s == i ? p : subnets[s].pools.size()); ++j) {
                    const Ipv4Range& other = subnets[s].pools[j];
                    if (inside(subnets[s], other) && pool.overlaps(other))
                        out.push_back(
                            fmt::format("{}: {} overlaps {}, {}", name(i, p), pool.to_string(), name(s, j), other.to_string()));
                }
            }
        }
    }
    return out;
}

/// Does any address lie in three of them?
template <class Ranges> bool three_meet(const Ranges& ranges)
{
    return std::ranges::any_of(ranges, [&](const Ipv4Range& one) {
        return std::ranges::count_if(ranges, [&](const Ipv4Range& other) { return other.contains(one.first); }) > 2;
    });
}

bool simple(const Config& config)
{
    std::vector<Ipv4Range> prefixes, pools;
    for (const Subnet& subnet : config.subnets) {
        prefixes.push_back({subnet.prefix.network, subnet.prefix.broadcast()});
        for (const Ipv4Range& pool : subnet.pools)
            if (inside(subnet, pool)) pools.push_back(pool);
    }
    return !three_meet(prefixes) && !three_meet(pools);
}

TEST(Overlaps, AreThoseOfEachComparedWithEach)
{
    int alike = 0, crowded = 0;
    for (std::uint32_t seed = 0; seed < 3000; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random{seed};
        const Config config = random_overlaps(random);
        std::vector<std::string> found = lines(validate(config));
        std::erase_if(found, [](const std::string& line) { return line.find(" overlaps ") == std::string::npos; });
        const auto all = all_overlaps(config);
        if (simple(config)) {
            ++alike;
            ASSERT_EQ(found, all);
            continue;
        }
        ++crowded;
        const auto key_of = [](const std::string& line) { return line.substr(0, line.find(':')); };
        std::set<std::string> accused, rightly;
        for (const auto& line : found) {
            ASSERT_NE(std::ranges::find(all, line), all.end()) << line;
            accused.insert(key_of(line));
        }
        for (const auto& line : all)
            rightly.insert(key_of(line));
        ASSERT_EQ(accused, rightly) << "nobody is left out, and nobody accused wrongly";
    }
    EXPECT_GT(alike, 300);
    EXPECT_GT(crowded, 300);
}

TEST(Overlaps, OfManyAtOneAddressEachIsNamedOnce)
{
    const Ipv4Range same = range("10.0.0.10-10.0.0.20");
    Subnet subnet = dorascope::server::subnet("10.0.0.0/24", "10.0.0.10-10.0.0.20");
    subnet.pools.assign(4, Pool{same});
    EXPECT_THAT(lines(validate(subnets_of({subnet}))),
                ElementsAre("subnet[0].pool[1]: 10.0.0.10-10.0.0.20 overlaps subnet[0].pool[0], 10.0.0.10-10.0.0.20",
                            "subnet[0].pool[2]: 10.0.0.10-10.0.0.20 overlaps subnet[0].pool[1], 10.0.0.10-10.0.0.20",
                            "subnet[0].pool[3]: 10.0.0.10-10.0.0.20 overlaps subnet[0].pool[2], 10.0.0.10-10.0.0.20"));
}

TEST(Overlaps, WhatIsNotWhereItWasMeantToBeOverlapsNothing)
{
    Subnet subnet = dorascope::server::subnet("10.0.0.0/24", "10.0.0.10-10.0.1.200");
    subnet.pools.emplace_back(range("10.0.0.20-10.0.0.30"));
    EXPECT_THAT(lines(validate(subnets_of({subnet}))),
                ElementsAre(testing::StartsWith("subnet[0].pool[0]: 10.0.0.10-10.0.1.200 is not")));
}

TEST(Overlaps, ThereAreAsManyErrorsAsAPersonReads)
{
    Subnet subnet = dorascope::server::subnet("10.0.0.0/24", "10.0.0.10-10.0.0.20");
    subnet.pools.assign(50'000, subnet.pools[0]);
    const ConfigErrors errors = validate(subnets_of({subnet}));
    ASSERT_EQ(errors.size(), kMostConfigErrors + 1);
    EXPECT_EQ(errors.back().problem, more_than_listed().problem);
    EXPECT_EQ(errors[kMostConfigErrors - 1].key, "subnet[0].pool[1000]");
}

TEST(RangeOwners, TheLastClaimHolds)
{
    RangeOwners owners;
    using Owner = RangeOwners::Owner;
    const Ipv4Address end{0xffffffff};
    EXPECT_THAT(owners.claim({{}, end}, {1, 0}), IsEmpty());
    EXPECT_THAT(owners.claim(range("10.0.0.10-10.0.0.20"), {2, 0}), ElementsAre(Owner{1, 0}));
    EXPECT_THAT(owners.claim(range("10.0.0.15"), {3, 0}), ElementsAre(Owner{2, 0}));
    EXPECT_THAT(owners.claim(range("10.0.0.9-10.0.0.15"), {4, 0}), ElementsAre((Owner{1, 0}), (Owner{2, 0}), (Owner{3, 0})));
    EXPECT_THAT(owners.claim(range("10.0.0.20-10.0.0.21"), {5, 0}), ElementsAre((Owner{1, 0}), (Owner{2, 0})));
    EXPECT_THAT(owners.claim({end, end}, {6, 0}), ElementsAre(Owner{1, 0}));
    EXPECT_THAT(owners.claim({{}, {}}, {7, 0}), ElementsAre(Owner{1, 0}));
    EXPECT_THAT(owners.claim({{}, end}, {8, 0}),
                ElementsAre((Owner{1, 0}), (Owner{2, 0}), (Owner{4, 0}), (Owner{5, 0}), (Owner{6, 0}), (Owner{7, 0})));
}

TEST(MergedRanges, AreTheSameAddressesAndDoNotTouch)
{
    for (std::uint32_t seed = 0; seed < 500; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random{seed};
        const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
        std::vector<Ipv4Range> ranges;
        for (std::uint32_t i = 0, count = below(12); i < count; ++i) {
            const Ipv4Address first{seed % 2 == 0 ? below(60) : 0xffffffff - below(60)};
            ranges.push_back({first, {std::max(first.value, first.value + below(6))}});
        }
        const auto result = merged(ranges);
        for (std::uint32_t i = 0; i < 70; ++i) {
            const Ipv4Address address{seed % 2 == 0 ? i : 0xffffffff - i};
            const auto holds = [&](const Ipv4Range& r) { return r.contains(address); };
            ASSERT_EQ(std::ranges::count_if(result, holds), std::ranges::any_of(ranges, holds) ? 1 : 0) << address.to_string();
        }
        for (std::size_t i = 1; i < result.size(); ++i)
            ASSERT_GT(std::uint64_t{result[i].first.value}, std::uint64_t{result[i - 1].last.value} + 1);
    }
}

TEST(Room, ExclusionsThatTouchLeaveNothingOfAPool)
{
    Subnet subnet = dorascope::server::subnet("10.0.0.0/24", "10.0.0.10-10.0.0.20");
    subnet.exclusions = {range("10.0.0.16-10.0.0.30"), range("10.0.0.5-10.0.0.15")};
    EXPECT_THAT(lines(validate(subnets_of({subnet}))),
                ElementsAre("subnet[0].exclude: the exclusions leave nothing of the pools"));
    subnet.exclusions = {range("10.0.0.16-10.0.0.30"), range("10.0.0.5-10.0.0.14")};
    EXPECT_THAT(validate(subnets_of({subnet})), IsEmpty());
}

} // namespace
} // namespace dorascope::server
