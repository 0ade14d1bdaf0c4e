// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever is exported comes back, as far as the format has words for it.
#include "engine/interchange/leases.h"
#include "tests/interchange/lease_values.h"
#include "tests/support/child_process.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <unistd.h>

namespace dorascope::interchange {
namespace {

using server::ClientKey;
using server::Lease;
using server::LeaseState;
using server::LeaseTable;
using testing::HasSubstr;

/// What each format can keep decides how exact the return is.
struct Keeps {
    bool fractions = true, starts = true, states = true, vendor_class = true, hardware_type = true, case_of_names = true;
};

LeaseTable random_leases(std::uint32_t seed, const Keeps& keeps)
{
    std::mt19937 random{seed};
    const auto number = [&](std::uint32_t most) { return random() % (most + 1); };
    LeaseTable table;
    for (std::uint32_t i = 0; i < 40; ++i) {
        Lease lease;
        lease.address = Ipv4Address{0x0a000000U + i * 7};
        lease.hardware =
            HardwareAddress::of(MacAddress{{2, 0, 0, static_cast<std::uint8_t>(i), 1, static_cast<std::uint8_t>(number(255))}});
        if (keeps.hardware_type && number(4) == 0) lease.hardware.type = 32;
        lease.client = hardware_key(lease.hardware);
        if (number(1) == 0) {
            lease.client = {ClientKey::Kind::identifier, {}};
            for (auto n = 1 + number(20); n > 0; --n)
                lease.client.bytes.push_back(static_cast<std::uint8_t>(number(255)));
        }
        if (number(2) != 0) lease.hostname = keeps.case_of_names ? "Host-" + std::to_string(i) : "host-" + std::to_string(i);
        if (keeps.vendor_class && number(2) == 0) lease.vendor_class = "MSFT \"5.0\", \\ really";
        lease.since = at(-static_cast<std::int64_t>(5000 + number(5000)));
        lease.renewed = at(-static_cast<std::int64_t>(number(4000)));
        lease.expires = number(5) == 0 ? kNever : at(1 + number(99999));
        if (keeps.fractions) lease.expires += lease.expires == kNever ? Duration{} : Duration{number(999'999'999)};
        if (keeps.states) {
            static constexpr LeaseState kStates[] = {LeaseState::bound, LeaseState::expired, LeaseState::released,
                                                     LeaseState::declined};
            lease.state = kStates[number(3)]; // what a probe found: EveryState
        }
        if (!keeps.starts) lease.since = lease.renewed = kNow;
        table.push_back(std::move(lease));
    }
    return table;
}

void expect_round_trip(LeaseFormat format, const Keeps& keeps, bool start_is_renewal = false)
{
    for (std::uint32_t seed = 1; seed <= 100; ++seed) {
        auto leases = random_leases(seed, keeps);
        if (start_is_renewal)
            for (auto& lease : leases)
                lease.since = lease.renewed;
        const auto written = export_leases(leases, format);
        const auto read = import_leases(written.text, format, kNow);
        ASSERT_TRUE(read) << read.error().problem;
        ASSERT_TRUE(read->not_carried.empty()) << to_string(read->not_carried.front()) << "\n" << written.text;
        ASSERT_EQ(read->leases.size(), leases.size());
        for (std::size_t i = 0; i < leases.size(); ++i)
            ASSERT_TRUE(read->leases[i] == leases[i]) << "seed " << seed << ", " << leases[i].address.to_string() << "\n"
                                                      << written.text;
        EXPECT_EQ(lease_format_of(written.text), format) << "and is known by its content";
    }
}

TEST(Leases, ComeBackFromCsvExactly) { expect_round_trip(LeaseFormat::csv, {}); }
TEST(Leases, ComeBackFromJsonExactly) { expect_round_trip(LeaseFormat::json, {}); }
TEST(Leases, ComeBackFromIscToTheSecond) { expect_round_trip(LeaseFormat::isc, {.fractions = false}); }
TEST(Leases, ComeBackFromDnsmasqWithWhatItKeeps)
{
    expect_round_trip(LeaseFormat::dnsmasq, {.fractions = false, .starts = false, .states = false, .vendor_class = false});
}
TEST(Leases, ComeBackFromKeaWithWhatItKeeps)
{
    expect_round_trip(
        LeaseFormat::kea,
        {.fractions = false, .states = false, .vendor_class = false, .hardware_type = false, .case_of_names = false}, true);
}

/// How each format gives back each state: `none` where it has no word for it and says so.
struct StateRow {
    LeaseState given;
    std::optional<LeaseState> csv, json, dnsmasq, isc, kea;
};
constexpr std::nullopt_t none = std::nullopt;
constexpr StateRow kStateRows[] = {
    {LeaseState::offered, none, none, none, none, none},
    {LeaseState::bound, LeaseState::bound, LeaseState::bound, LeaseState::bound, LeaseState::bound, LeaseState::bound},
    {LeaseState::expired, LeaseState::expired, LeaseState::expired, none, LeaseState::expired, LeaseState::expired},
    {LeaseState::released, LeaseState::released, LeaseState::released, none, LeaseState::released, LeaseState::expired},
    {LeaseState::declined, LeaseState::declined, LeaseState::declined, none, LeaseState::declined, LeaseState::declined},
    {LeaseState::conflict, LeaseState::conflict, LeaseState::conflict, none, LeaseState::declined, LeaseState::declined},
};

/// As the server writes it (Bindings::quarantine_for()): no lease before, and a holder who is not always known.
Lease lease_in(LeaseState state, bool holder_known)
{
    Lease lease;
    lease.address = address("10.0.0.9");
    lease.state = state;
    if (holder_known) lease.hardware = HardwareAddress::of(MacAddress{{2, 0, 0, 0, 0, 9}});
    lease.client = hardware_key(lease.hardware);
    lease.since = at(-100);
    lease.renewed = state == LeaseState::conflict ? Instant{} : at(-100);
    lease.expires = at(500);
    return lease;
}

void expect_state(const StateRow& row, LeaseFormat format, std::optional<LeaseState> expected, bool holder_known)
{
    SCOPED_TRACE(std::string{server::to_string(row.given)} + " in " + std::string{to_string(format)}
                 + (holder_known ? "" : ", holder unknown"));
    const auto lease = lease_in(row.given, holder_known);
    const auto written = export_leases({&lease, 1}, format);
    const auto read = import_leases(written.text, format, kNow);
    ASSERT_TRUE(read) << read.error().problem;
    EXPECT_TRUE(read->not_carried.empty()) << to_string(read->not_carried.front()) << written.text;
    EXPECT_EQ(written.not_carried.empty(), expected.has_value()) << "said, and only if it is lost";
    ASSERT_EQ(read->leases.size(), expected ? 1U : 0U) << written.text;
    if (!expected) return;
    const auto& back = read->leases.front();
    EXPECT_EQ(back.state, *expected) << written.text;
    EXPECT_EQ(back.expires, lease.expires);
    if (format != LeaseFormat::dnsmasq) { // it keeps no beginnings
        EXPECT_EQ(back.since, lease.since) << written.text;
    }
    const bool exact = format == LeaseFormat::csv || format == LeaseFormat::json;
    if (exact) {
        EXPECT_EQ(back, lease);
    }
    const bool others = row.given == LeaseState::conflict || (row.given == LeaseState::declined && format == LeaseFormat::kea);
    if (!exact && others) {
        EXPECT_EQ(back.hardware.length, 0) << "who has the address is not its client";
    }
}

TEST(Leases, EveryStateComesBackFromEveryFormat)
{
    for (const auto& row : kStateRows) {
        for (const bool known : {true, false}) {
            const bool quarantine = row.given == LeaseState::declined || row.given == LeaseState::conflict;
            if (!known && !quarantine) continue; // every other row is somebody's
            expect_state(row, LeaseFormat::csv, row.csv, known);
            expect_state(row, LeaseFormat::json, row.json, known);
            expect_state(row, LeaseFormat::dnsmasq, row.dnsmasq, known);
            expect_state(row, LeaseFormat::isc, row.isc, known);
            expect_state(row, LeaseFormat::kea, row.kea, known);
        }
    }
}

/// dhcpd -T reads a lease file as dhcpd does when it starts.
TEST(Isc, DhcpdTakesEveryState)
{
    const char* const dhcpd = "/usr/sbin/dhcpd";
    if (!std::filesystem::exists(dhcpd)) GTEST_SKIP() << "dhcpd is not installed (apt install isc-dhcp-server)";
    const auto folder = std::filesystem::temp_directory_path() / ("dorascope-isc-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    LeaseTable leases;
    for (const auto& row : kStateRows) {
        leases.push_back(lease_in(row.given, true));
        leases.back().address.value += static_cast<std::uint32_t>(leases.size());
    }
    const auto judge = [&](const std::string& text) {
        std::ofstream{folder / "dhcpd.conf"} << "subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.10 10.0.0.30; }\n";
        std::ofstream{folder / "dhcpd.leases"} << text;
        return test::run_program({dhcpd, "-T", "-4", "-cf", folder / "dhcpd.conf", "-lf", folder / "dhcpd.leases"});
    };
    const auto text = export_leases(leases, LeaseFormat::isc).text;
    const auto taken = judge(text), refused = judge(text + "lease 10.0.0.30 { binding state nonsense; }\n");
    std::filesystem::remove_all(folder);
    EXPECT_EQ(taken.status, 0) << taken.err << text;
    EXPECT_THAT(taken.err, testing::Not(HasSubstr("dhcpd.leases line"))) << text;
    EXPECT_THAT(refused.err, HasSubstr("dhcpd.leases line")) << "so the line above can fail";
}

TEST(Kea, AQuarantineKeepsItsOwnTime)
{
    const auto lease = lease_in(LeaseState::conflict, true);
    EXPECT_THAT(export_leases({&lease, 1}, LeaseFormat::kea).text, HasSubstr("\n10.0.0.9,,,600,1700000500,1,0,0,,1,\n"));
}

} // namespace
} // namespace dorascope::interchange
