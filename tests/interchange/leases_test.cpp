// SPDX-License-Identifier: GPL-3.0-or-later
// Leases in other servers' files, and out of them.
#include "engine/interchange/civil_time.h"
#include "engine/interchange/interchange.h"
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

constexpr Instant kNow = Instant{Duration{1'700'000'000'000'000'000}}; // 2023-11-14T22:13:20Z
Instant at(std::int64_t seconds) { return kNow + std::chrono::seconds{seconds}; }
Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }

ClientKey hardware_key(const HardwareAddress& hardware)
{
    ClientKey key{ClientKey::Kind::hardware, {hardware.type}};
    key.bytes.insert(key.bytes.end(), hardware.bytes().begin(), hardware.bytes().end());
    return key;
}

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

LeaseTable leases_of(std::string_view text, LeaseFormat format)
{
    const auto read = import_leases(text, format, kNow);
    EXPECT_TRUE(read) << read.error().problem;
    if (!read) return {};
    EXPECT_TRUE(read->not_carried.empty()) << to_string(read->not_carried.front());
    return read->leases;
}

std::vector<std::string> dropped(std::string_view text, LeaseFormat format)
{
    const auto read = import_leases(text, format, kNow);
    std::vector<std::string> all;
    for (const auto& item : read ? read->not_carried : std::vector<NotCarried>{})
        all.push_back(to_string(item));
    return all;
}

TEST(Dnsmasq, LeasesAsItWritesThem)
{
    const auto leases = leases_of("1700003600 02:00:00:00:00:01 192.168.1.100 laptop 01:02:00:00:00:00:01\n"
                                  "0 02:00:00:00:00:02 192.168.1.101 * *\n"
                                  "1699999999 20-00:01:02:03 192.168.1.102 ib *\n",
                                  LeaseFormat::dnsmasq);
    ASSERT_EQ(leases.size(), 3U);
    EXPECT_EQ(leases[0].hostname, "laptop");
    EXPECT_EQ(leases[0].client, (ClientKey{ClientKey::Kind::identifier, {1, 2, 0, 0, 0, 0, 1}}));
    EXPECT_EQ(leases[0].expires, at(3600));
    EXPECT_EQ(leases[0].state, LeaseState::bound);
    EXPECT_EQ(leases[1].expires, kNever) << "0 is for ever";
    EXPECT_EQ(leases[1].client, hardware_key(leases[1].hardware)) << "* is no identifier";
    EXPECT_EQ(leases[1].hostname, "");
    EXPECT_EQ(leases[2].hardware.type, 0x20);
    EXPECT_EQ(leases[2].state, LeaseState::expired);
}

TEST(Dnsmasq, WhatIsNoLeaseOfOursIsListed)
{
    EXPECT_THAT(dropped("1700003600 02:00:00:00:00:01\nsoon 02:00:00:00:00:01 192.168.1.1 * *\nduid 00:01\n"
                        "1700003600 1 fd00::1 * 00:01\n",
                        LeaseFormat::dnsmasq),
                testing::ElementsAre(HasSubstr("1: 1700003600 02:00:00:00:00:01: has fewer"), HasSubstr("begin with a time"),
                                     HasSubstr("IPv6"), HasSubstr("IPv6")));
}

// dhcpd.leases(5), as dhcpd 4.4 writes it.
constexpr std::string_view kIsc = R"(# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;

lease 192.168.1.100 {
  starts 2 2023/11/14 20:00:00;
  ends 2 2023/11/14 21:00:00;
  tstp 2 2023/11/14 21:00:00;
  cltt 2 2023/11/14 20:00:00;
  binding state free;
  hardware ethernet 2:0:0:0:0:1;
}
server-duid "\000\001\000\001";
lease 192.168.1.100 {
  starts 2 2023/11/14 22:00:00;
  ends 2 2023/11/14 23:00:00;
  cltt 2 2023/11/14 22:05:00;
  binding state active;
  next binding state free;
  rewind binding state free;
  hardware ethernet 02:00:00:00:00:01;
  uid "\001\002\000\000\000\000\"\\A";
  set vendor-class-identifier = "MSFT 5.0";
  client-hostname "laptop";
}
lease 192.168.1.101 {
  starts epoch 1699990000; # a comment
  ends never;
  binding state active;
  hardware ethernet 02:00:00:00:00:02;
}
lease 192.168.1.102 {
  starts 2 2023/11/14 20:00:00;
  ends 2 2023/11/14 21:00:00;
  binding state abandoned;
}
)";

TEST(Isc, LeasesAsItWritesThem)
{
    const auto leases = leases_of(kIsc, LeaseFormat::isc);
    ASSERT_EQ(leases.size(), 3U) << "the last of an address counts";
    EXPECT_EQ(leases[0].client, (ClientKey{ClientKey::Kind::identifier, {1, 2, 0, 0, 0, 0, '"', '\\', 'A'}})) << "escapes";
    EXPECT_EQ(leases[0].hostname, "laptop");
    EXPECT_EQ(leases[0].vendor_class, "MSFT 5.0");
    EXPECT_EQ(iso_time(leases[0].since), "2023-11-14T22:00:00Z");
    EXPECT_EQ(iso_time(leases[0].renewed), "2023-11-14T22:05:00Z");
    EXPECT_EQ(leases[0].state, LeaseState::bound);
    EXPECT_EQ(leases[1].expires, kNever);
    EXPECT_EQ(unix_seconds(leases[1].since), 1699990000);
    EXPECT_EQ(leases[2].state, LeaseState::declined) << "abandoned";
}

TEST(Isc, BrokenFilesSayWhere)
{
    const auto read = import_leases("lease 1.2.3.4 {\n  starts never;\n", LeaseFormat::isc, kNow);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().line, 3U);
    EXPECT_FALSE(import_leases(std::string(100'000, '{'), LeaseFormat::isc, kNow)) << "depth";
    EXPECT_FALSE(import_leases("}", LeaseFormat::isc, kNow));
    EXPECT_FALSE(import_leases("lease 1.2.3.4", LeaseFormat::isc, kNow));
}

TEST(Kea, LeasesAsItWritesThem)
{
    const auto leases = leases_of(
        "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n"
        "192.168.1.100,02:00:00:00:00:01,01:02:00:00:00:00:01,3600,1700001800,1,0,0,a&#x2cb,0,,0\n"
        "192.168.1.101,02:00:00:00:00:02,,4294967295,5994967295,1,0,0,,0,,0\n"
        "192.168.1.102,02:00:00:00:00:03,,3600,1700001800,1,0,0,,0,,0\n"
        "192.168.1.102,02:00:00:00:00:03,,0,1700001800,1,0,0,,0,,0\n"
        "192.168.1.103,,,86400,1700001800,1,0,0,,1,,0\n"
        "192.168.1.104,02:00:00:00:00:05,,3600,1699999999,1,0,0,,0,,0\n",
        LeaseFormat::kea);
    ASSERT_EQ(leases.size(), 4U) << "a lifetime of 0 takes a lease away";
    EXPECT_EQ(leases[0].hostname, "a,b");
    EXPECT_EQ(leases[0].renewed, at(1800 - 3600));
    EXPECT_EQ(leases[1].expires, kNever);
    EXPECT_EQ(leases[1].renewed, at(0));
    EXPECT_EQ(leases[2].state, LeaseState::declined);
    EXPECT_EQ(leases[3].state, LeaseState::expired);
}

TEST(Kea, SubnetsAreNumberedAsTheConfigurationNumbersThem)
{
    Lease lease;
    lease.address = address("10.2.0.5");
    lease.hardware = HardwareAddress::of(MacAddress{{2, 0, 0, 0, 0, 1}});
    lease.client = hardware_key(lease.hardware);
    lease.renewed = kNow;
    lease.expires = at(60);
    const Ipv4Prefix prefixes[] = {Ipv4Prefix::parse("10.1.0.0/16").value(), Ipv4Prefix::parse("10.2.0.0/16").value()};
    EXPECT_THAT(export_leases({&lease, 1}, LeaseFormat::kea, prefixes).text,
                HasSubstr("\n10.2.0.5,02:00:00:00:00:01,,60,1700000060,2,0,0,,0,\n"));
}

TEST(Csv, QuotesAndUnknownColumns)
{
    const std::string text = "hardware,address,colour,hostname,expires\n02:00:00:00:00:01,10.0.0.1,red,\"a,\"\"b\"\"\",never\n";
    const auto read = import_leases(text, LeaseFormat::csv, kNow);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->leases.size(), 1U);
    EXPECT_EQ(read->leases[0].hostname, "a,\"b\"");
    EXPECT_EQ(read->leases[0].expires, kNever);
    EXPECT_THAT(dropped(text, LeaseFormat::csv), testing::ElementsAre("1: colour: is a column that we do not know"));
    EXPECT_FALSE(import_leases("a,b\n1,2\n", LeaseFormat::csv, kNow)) << "no address";
}

// A host name is what anybody on the network says.
TEST(Csv, NoValueIsAFormulaToASpreadsheet)
{
    for (const std::string name : {"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "'quoted", "''", "a=b"}) {
        server::Lease lease;
        lease.address = Ipv4Address::parse("10.0.0.1").value();
        lease.hardware = {1, 6, {2, 0, 0, 0, 0, 1}};
        lease.hostname = name;
        lease.expires = kNever;
        const auto text = export_leases({&lease, 1}, LeaseFormat::csv, {}).text;
        EXPECT_THAT(text, HasSubstr(name == "a=b" ? ",a=b," : ",'" + name + ",")) << text;
        const auto read = import_leases(text, LeaseFormat::csv, kNow);
        ASSERT_TRUE(read && read->leases.size() == 1U) << text;
        EXPECT_EQ(read->leases[0].hostname, name) << text;
    }
}

TEST(Json, DeepNestingIsRefused)
{
    EXPECT_FALSE(import_leases(std::string(1'000'000, '['), LeaseFormat::json, kNow));
    EXPECT_FALSE(import_leases("{\"leases\": 3}", LeaseFormat::json, kNow));
    EXPECT_FALSE(import_leases("[", LeaseFormat::json, kNow));
}

TEST(Times, AreDatesInUtc)
{
    EXPECT_EQ(iso_time(kNow), "2023-11-14T22:13:20Z");
    EXPECT_EQ(isc_time(kNow), "2 2023/11/14 22:13:20") << "a Tuesday";
    EXPECT_EQ(parse_iso_time("2023-11-14T22:13:20.5Z"), kNow + std::chrono::milliseconds{500});
    EXPECT_EQ(parse_iso_time("1969-12-31T23:59:59Z"), Instant{Duration{-1'000'000'000}});
    EXPECT_EQ(iso_time(Instant{Duration{-1}}), "1969-12-31T23:59:59.999999999Z");
    for (const char* wrong : {"", "2023-13-14T22:13:20Z", "2023-02-29T00:00:00Z", "2023-11-14 22:13:20", "9999-01-01T00:00:00Z",
                              "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20.1234567890Z", "2023-11-14T24:13:20Z"})
        EXPECT_EQ(parse_iso_time(wrong), std::nullopt) << wrong;
}

Lease held_by(std::uint8_t client, std::int64_t renewed = 0)
{
    Lease lease;
    lease.address = address("10.0.0.1");
    lease.client = {ClientKey::Kind::identifier, {client}};
    lease.hardware = HardwareAddress::of(MacAddress{{2, 0, 0, 0, 0, client}});
    lease.renewed = at(renewed);
    lease.expires = at(60);
    return lease;
}
LeaseMerge merged(const Lease& there, const LeaseImport& imported, bool overwrite = false)
{
    return merge_leases({&there, 1}, imported, {.now = kNow, .overwrite = overwrite});
}
LeaseMerge merged(const Lease& there, const Lease& imported, bool overwrite = false)
{
    return merged(there, LeaseImport{{imported}, {}, {}}, overwrite);
}
std::string why_kept(const LeaseMerge& merge)
{
    EXPECT_TRUE(merge.writes.empty());
    return merge.kept.size() == 1 ? to_string(merge.kept[0]) : "";
}

TEST(Merge, NeverTakesANewerLeaseAway)
{
    const Lease old = held_by(1), newer = held_by(1, 10);
    Lease other = old;
    other.address = address("10.0.0.2");
    const auto kept = merged(newer, LeaseImport{{old, other}, {}, {}});
    EXPECT_EQ(kept.added, 1U);
    EXPECT_EQ(kept.replaced, 0U);
    EXPECT_EQ(kept.newer, 1U);
    ASSERT_EQ(kept.kept.size(), 1U);
    EXPECT_THAT(to_string(kept.kept[0]), HasSubstr("10.0.0.1: the lease that is there was renewed later, 2023-11-14T22:13:30Z"));
    EXPECT_EQ(merged(old, newer).replaced, 1U);
    EXPECT_EQ(merged(old, old).same, 1U);
    EXPECT_TRUE(merged(old, old).writes.empty());
}

// A second client must not get an address that is in use, however new the file says that its lease is.
TEST(Merge, KeepsWhatAnotherClientHolds)
{
    const auto kept = merged(held_by(1), held_by(2, 10));
    EXPECT_EQ(why_kept(kept), "10.0.0.1: 02:00:00:00:00:01 holds it until 2023-11-14T22:14:20Z");
    EXPECT_EQ(kept.held, 1U);
    Lease ended = held_by(1);
    ended.expires = at(0);
    EXPECT_EQ(merged(ended, held_by(2, 10)).replaced, 1U) << "past its time nobody holds it";
    Lease by_card = held_by(2, 10);
    by_card.hardware = held_by(1).hardware;
    EXPECT_EQ(merged(held_by(1), by_card).replaced, 1U) << "the same client, which the file knows by its card";
}

TEST(Merge, KeepsAQuarantine)
{
    for (const auto state : {LeaseState::declined, LeaseState::conflict}) {
        Lease quarantine = held_by(1);
        quarantine.state = state;
        const auto kept = merged(quarantine, held_by(1, 10));
        EXPECT_EQ(why_kept(kept), "10.0.0.1: it is in quarantine until 2023-11-14T22:14:20Z");
        EXPECT_EQ(kept.quarantined, 1U);
        quarantine.expires = at(0);
        EXPECT_EQ(merged(quarantine, held_by(2, 10)).replaced, 1U);
    }
}

TEST(Merge, AFileWithoutTimesOfRenewalCountsAsOlder)
{
    Lease ended = held_by(1, -100);
    ended.expires = at(-1);
    const std::pair<LeaseFormat, std::string_view> files[] = {
        {LeaseFormat::dnsmasq, "1700003600 02:00:00:00:00:02 10.0.0.1 * *\n"},
        {LeaseFormat::csv, "address,hardware,expires\n10.0.0.1,02:00:00:00:00:02,never\n"},
        {LeaseFormat::json, R"([{"address":"10.0.0.1","hardware":"02:00:00:00:00:02","expires":"never"}])"},
        {LeaseFormat::isc,
         "lease 10.0.0.1 {\n  ends never;\n  binding state active;\n  hardware ethernet 02:00:00:00:00:02;\n}\n"},
    };
    for (const auto& [format, text] : files) {
        const auto read = import_leases(text, format, kNow);
        ASSERT_TRUE(read);
        EXPECT_THAT(read->undated, testing::ElementsAre(address("10.0.0.1"))) << to_string(format);
        ASSERT_EQ(read->leases.size(), 1U);
        EXPECT_EQ(read->leases[0].renewed, kNow) << "a guess, where nothing stands against it";
        const auto kept = merged(ended, *read);
        EXPECT_EQ(why_kept(kept), "10.0.0.1: the file does not say when its own was renewed, and so counts as older")
            << to_string(format);
        EXPECT_EQ(kept.newer, 1U);
        Lease its_own = ended;
        its_own.hardware = read->leases[0].hardware;
        EXPECT_EQ(merged(its_own, *read).replaced, 1U) << "a lease of the same client that ends later is newer";
    }
}

// A server counts its leases by a clock that is never behind the file's newest renewal: one from the year 2150 would end all the others.
TEST(Leases, NoFileBringsARenewalFromTheFuture)
{
    const std::pair<LeaseFormat, std::string_view> files[] = {
        {LeaseFormat::csv, "address,hardware,renewed,expires\n10.0.0.1,02:00:00:00:00:02,2150-01-01T00:00:00Z,never\n"},
        {LeaseFormat::isc,
         "lease 10.0.0.1 {\n  starts 4 2150/01/01 00:00:00;\n  ends never;\n  binding state active;\n  hardware ethernet "
         "02:00:00:00:00:02;\n}\n"},
        {LeaseFormat::kea,
         "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n"
         "10.0.0.1,02:00:00:00:00:02,,3600,5680285200,1,0,0,,0,\n"},
    };
    for (const auto& [format, text] : files) {
        const auto read = import_leases(text, format, kNow);
        ASSERT_TRUE(read && read->leases.size() == 1U) << to_string(format);
        EXPECT_EQ(read->leases[0].renewed, kNow) << to_string(format);
        EXPECT_LE(read->leases[0].since, kNow) << to_string(format);
        EXPECT_THAT(read->undated, testing::ElementsAre(address("10.0.0.1"))) << to_string(format);
    }
}

TEST(Merge, OverwriteReplacesWhateverDiffers)
{
    Lease quarantine = held_by(1);
    quarantine.state = LeaseState::declined;
    for (const Lease& there : {held_by(1, 20), quarantine}) {
        const auto merge = merged(there, held_by(2, 10), true);
        EXPECT_EQ(merge.replaced, 1U);
        EXPECT_TRUE(merge.kept.empty());
    }
}

} // namespace
} // namespace dorascope::interchange
