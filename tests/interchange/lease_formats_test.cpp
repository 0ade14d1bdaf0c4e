// SPDX-License-Identifier: GPL-3.0-or-later
// Lease files as each server writes them, and what is no lease.
#include "engine/interchange/civil_time.h"
#include "engine/interchange/leases.h"
#include "tests/interchange/lease_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dorascope::interchange {
namespace {

using server::ClientKey;
using server::Lease;
using server::LeaseState;
using server::LeaseTable;
using testing::HasSubstr;

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

TEST(Dnsmasq, AVendorClassThatItDoesNotKeepIsSaid)
{
    Lease lease;
    lease.address = address("10.2.0.5");
    lease.hardware = HardwareAddress::of(MacAddress{{2, 0, 0, 0, 0, 1}});
    lease.client = hardware_key(lease.hardware);
    lease.expires = at(60);
    EXPECT_TRUE(export_leases({&lease, 1}, LeaseFormat::dnsmasq).not_carried.empty());
    lease.vendor_class = "MSFT 5.0";
    const auto written = export_leases({&lease, 1}, LeaseFormat::dnsmasq);
    ASSERT_EQ(written.not_carried.size(), 1U);
    EXPECT_EQ(to_string(written.not_carried[0]), "10.2.0.5: dnsmasq keeps no vendor class");
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

/// The last block of an address counts, also where it says something that has no equivalent: the lease before it is over.
TEST(Isc, WhatReplacesALeaseAndIsNotCarriedEndsIt)
{
    constexpr std::string_view kHeld =
        "lease 10.0.0.1 {\n  starts 2 2023/11/14 22:00:00;\n  ends never;\n  binding state active;\n"
        "  hardware ethernet 02:00:00:00:00:01;\n}\n";
    for (const std::string_view later : {"binding state backup; hardware ethernet 02:00:00:00:00:01;", "hardware pigeon 02;",
                                         "binding state active;", "hardware ethernet 02:00:00:00:00:01; ends whenever;"}) {
        const auto text = std::string{kHeld} + "lease 10.0.0.1 { " + std::string{later} + " }\n";
        const auto read = import_leases(text, LeaseFormat::isc, kNow);
        ASSERT_TRUE(read);
        EXPECT_TRUE(read->leases.empty()) << later;
        EXPECT_EQ(read->not_carried.size(), 1U) << later;
        const auto again = import_leases(text + std::string{kHeld}, LeaseFormat::isc, kNow);
        EXPECT_EQ(again->leases.size(), 1U) << "until there is a newer one";
    }
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

TEST(Kea, WhatReplacesALeaseAndIsNotCarriedEndsIt)
{
    for (const std::string_view later :
         {"02:00:00:00:00:01,,3600,1700001800,1,0,0,,3", ",,3600,1700001800,1,0,0,,0", "02:00:00:00:00:01,,3600,1,1,0,0,,0"}) {
        const auto text = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state\n"
                          "10.0.0.1,02:00:00:00:00:01,,3600,1700001800,1,0,0,,0\n10.0.0.1,"
            + std::string{later} + "\n";
        const auto read = import_leases(text, LeaseFormat::kea, kNow);
        ASSERT_TRUE(read);
        EXPECT_TRUE(read->leases.empty()) << later;
        EXPECT_EQ(read->not_carried.size(), 1U) << later;
    }
}

Lease for_a_minute()
{
    Lease lease;
    lease.address = address("10.2.0.5");
    lease.hardware = HardwareAddress::of(MacAddress{{2, 0, 0, 0, 0, 1}});
    lease.client = hardware_key(lease.hardware);
    lease.renewed = kNow;
    lease.expires = at(60);
    return lease;
}

TEST(Kea, SubnetsAreNumberedAsTheConfigurationNumbersThem)
{
    Lease lease = for_a_minute();
    const Ipv4Prefix prefixes[] = {Ipv4Prefix::parse("10.1.0.0/16").value(), Ipv4Prefix::parse("10.2.0.0/16").value()};
    EXPECT_THAT(export_leases({&lease, 1}, LeaseFormat::kea, prefixes).text,
                HasSubstr("\n10.2.0.5,02:00:00:00:00:01,,60,1700000060,2,0,0,,0,\n"));
}

TEST(Kea, AQuoteIsACharacterOfAName)
{
    const std::string header =
        "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n";
    const auto leases = leases_of(header + "10.0.0.5,02:00:00:00:00:01,,3600,1700003600,1,0,0,q\"uote,2,\n", LeaseFormat::kea);
    ASSERT_EQ(leases.size(), 1U);
    EXPECT_EQ(leases[0].hostname, "q\"uote");
    EXPECT_EQ(leases[0].state, LeaseState::expired);
    EXPECT_THAT(dropped(header + "10.0.0.5,02:00:00:00:00:01,,3600,1700003600,1,0,0\n", LeaseFormat::kea),
                testing::ElementsAre(HasSubstr("is in a state that we do not know")))
        << "a row that is cut short";
}

TEST(Kea, NamesWithItsOwnSignsComeBack)
{
    Lease lease = for_a_minute();
    for (const std::string name : {"a&#x41b", "a,b", "q\"uote", "\"", "&", "a,,\"\",&"}) {
        lease.hostname = name;
        const auto back = leases_of(export_leases({&lease, 1}, LeaseFormat::kea, {}).text, LeaseFormat::kea);
        ASSERT_EQ(back.size(), 1U) << name;
        EXPECT_EQ(back[0].hostname, name);
        EXPECT_EQ(back[0].state, LeaseState::bound) << name;
    }
}

TEST(Leases, AreToldApartByTheirFirstLine)
{
    EXPECT_EQ(lease_format_of("1796131358 02:00:00:00:00:12 10.9.0.101 a,b *\n"), LeaseFormat::dnsmasq) << "a comma in a name";
    const std::string marked = "\xef\xbb\xbf"
                               "address,expires,hardware\n10.0.0.1,never,02:00:00:00:00:01\n";
    EXPECT_EQ(lease_format_of(marked), LeaseFormat::csv);
    EXPECT_EQ(leases_of(marked, LeaseFormat::csv).size(), 1U) << "as spreadsheets write it";
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

TEST(Json, AnEntryWithoutAnAddressIsListed)
{
    const std::string_view text = R"([{"hardware":"02:00:00:00:00:01","expires":"never"},
        {"address":null,"hardware":"02:00:00:00:00:01","expires":"never"}])";
    EXPECT_TRUE(import_leases(text, LeaseFormat::json, kNow)->leases.empty());
    EXPECT_THAT(dropped(text, LeaseFormat::json), testing::ElementsAre("entry 1: names no address", "entry 2: names no address"));
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

} // namespace
} // namespace dorascope::interchange
