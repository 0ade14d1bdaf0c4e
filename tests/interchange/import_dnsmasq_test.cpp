// SPDX-License-Identifier: GPL-3.0-or-later
// dnsmasq.conf(5): fields that may be empty, what dnsmasq does although no line says so, and lines that ask for things we have no word for.
#include "engine/wire/hex.h"
#include "tests/interchange/imported.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using server::Config;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Subject = ClassTest::Subject;

Read read_lines(const std::string& text)
{
    auto r = read_as(text, ConfigFormat::dnsmasq);
    EXPECT_THAT(server::validate(r.config), IsEmpty()) << "and it can be served";
    return r;
}

const std::string kRange = "dhcp-range=set:lan,192.168.1.50,192.168.1.150,255.255.255.0,12h\n";
const std::string kTold = "dhcp-option=3,192.168.1.1\ndhcp-option=6,192.168.1.1\n";
/// The lines follow three others, of which there is nothing to say.
Read read(const std::string& text) { return read_lines(kRange + kTold + text); }

Ipv4Address address(const char* text) { return *Ipv4Address::parse(text); }
std::vector<std::byte> octets(std::string_view hex)
{
    const auto read = *wire::from_hex(hex);
    const auto bytes = std::as_bytes(std::span{read});
    return {bytes.begin(), bytes.end()};
}
std::vector<std::byte> text(std::string_view characters)
{
    const auto bytes = std::as_bytes(std::span{characters});
    return {bytes.begin(), bytes.end()};
}
std::string extra(const server::OptionSettings& options, std::uint8_t code)
{
    for (const auto& e : options.extra)
        if (e.code == code) return wire::to_hex(e.data) + (e.force ? " forced" : "");
    return "none";
}

// ---- empty fields -------------------------------------------------------------------------------------------------------------------

TEST(DnsmasqFields, AnEmptyServerNameLeavesTheAddressInItsPlace)
{
    const auto [config, notes] = read("dhcp-boot=pxelinux.0,,192.168.1.2\n");
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_EQ(config.options.boot_file, "pxelinux.0");
    EXPECT_EQ(config.options.server_name, "");
    EXPECT_EQ(config.options.next_server, address("192.168.1.2"));
    EXPECT_EQ(read("dhcp-boot=,,192.168.1.2\n").config.options.next_server, address("192.168.1.2"));
    EXPECT_THAT(read("dhcp-boot=,,\n").notes, ElementsAre(StartsWith("4: dhcp-boot=,,: names no file")));
}

TEST(DnsmasqFields, TheServerThatHasTheFileIsNamedOrListed)
{
    const auto named = read("dhcp-boot=pxelinux.0,boot,boot.lan\n");
    EXPECT_EQ(named.config.options.server_name, "boot");
    EXPECT_EQ(named.config.options.next_server, std::nullopt);
    EXPECT_THAT(named.notes, ElementsAre(HasSubstr("boot.lan: names the server that has the file")));
    EXPECT_THAT(read("dhcp-boot=pxelinux.0\n").notes, ElementsAre(HasSubstr("dnsmasq names itself as the server that has")));
}

TEST(DnsmasqFields, EmptyOnesOfARangeSayNothing)
{
    const auto [config, notes] = read_lines("dhcp-range=192.168.1.50,192.168.1.150,255.255.255.0,,45m,\n" + kTold);
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_EQ(config.subnets[0].lease_seconds, 2700U);
}

std::vector<std::uint32_t> times_of(const server::Subnet& subnet)
{
    return {subnet.min_lease_seconds, subnet.lease_seconds, subnet.max_lease_seconds};
}

TEST(DnsmasqTimes, AreAnHourAtMostWhereNoneIsSaid)
{
    const auto [config, notes] = read_lines("dhcp-range=192.168.1.50,192.168.1.150,255.255.255.0\n" + kTold);
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_THAT(times_of(config.subnets[0]), ElementsAre(120U, 3600U, 3600U));
}

TEST(DnsmasqTimes, AreTwoMinutesAtLeast)
{
    for (const std::string time : {"0", "60", "2m"})
        EXPECT_THAT(times_of(read_lines("dhcp-range=192.168.1.50,192.168.1.150,255.255.255.0," + time + "\n").config.subnets[0]),
                    ElementsAre(120U, 120U, 120U))
            << time;
    EXPECT_THAT(times_of(read_lines("dhcp-range=192.168.1.50,192.168.1.150,255.255.255.0,infinite\n").config.subnets[0]),
                ElementsAre(120U, kInfiniteSeconds, kInfiniteSeconds));
    EXPECT_EQ(read_lines("dhcp-range=192.168.1.50,192.168.1.150,255.255.255.0,1H\n").config.subnets[0].lease_seconds, 3600U);
}

TEST(DnsmasqTimes, OfFurtherRangesOfASubnetAreListedWhereTheyDiffer)
{
    const auto [config, notes] = read("dhcp-range=192.168.1.160,192.168.1.169,255.255.255.0,1h\n"
                                      "dhcp-range=192.168.1.170,192.168.1.179,255.255.255.0\n"
                                      "dhcp-range=192.168.1.180,192.168.1.189,255.255.255.0,720m\n");
    EXPECT_THAT(notes,
                ElementsAre(HasSubstr("4: dhcp-range=192.168.1.160,192.168.1.169,255.255.255.0,1h: has another lease time"),
                            HasSubstr("5: dhcp-range=192.168.1.170,192.168.1.179,255.255.255.0: has another lease time")));
    EXPECT_EQ(config.subnets[0].pools.size(), 4U);
    EXPECT_THAT(times_of(config.subnets[0]), ElementsAre(120U, 43200U, 43200U));
}

TEST(DnsmasqFields, WhatARangeSaysBesidesIsListed)
{
    EXPECT_THAT(read_lines("dhcp-range=192.168.1.50,192.168.1.150,255.255.255.0,192.168.1.127\n" + kTold).notes,
                ElementsAre(HasSubstr("the broadcast address follows from the prefix")));
    EXPECT_THAT(read_lines("dhcp-range=192.168.1.50,192.168.1.150,255.255.255.0,soon\n" + kTold).notes,
                ElementsAre(HasSubstr("soon is neither a netmask nor a lease time")));
}

TEST(DnsmasqFields, EmptyOnesOfAHostAreNoNames)
{
    const auto [config, notes] = read("dhcp-host=11:22:33:44:55:66,,192.168.1.60,\n");
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_EQ(config.subnets[0].reservations.size(), 1U);
    EXPECT_EQ(config.subnets[0].reservations[0].hostname, "");
    EXPECT_EQ(config.subnets[0].reservations[0].address, address("192.168.1.60"));
}

TEST(DnsmasqFields, CommasInQuotesSeparateNothing)
{
    const auto [config, notes] = read("dhcp-option=17,\"a,b\"\ndhcp-option=40,a,,b\n");
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_EQ(extra(config.options, 17), wire::to_hex(text("a,b")));
    EXPECT_EQ(extra(config.options, 40), wire::to_hex(text("a,,b")));
}

TEST(DnsmasqFields, AnOptionWithAnEmptyValueIsListed)
{
    EXPECT_THAT(read("dhcp-option=option:ntp-server,\ndhcp-option=224,\n").notes,
                ElementsAre(StartsWith("4: dhcp-option=option:ntp-server,: "), StartsWith("5: dhcp-option=224,: ")));
}

TEST(DnsmasqFields, TheTypeOfAnUnknownOptionIsGuessedAsDnsmasqDoes)
{
    EXPECT_EQ(extra(read("dhcp-option=176,10\n").config.options, 176), "0a") << "as if nobody knew it";
    EXPECT_EQ(extra(read("dhcp-option=224,cafe\n").config.options, 224), wire::to_hex(text("cafe"))) << "hex needs a colon";
    const auto [config, notes] = read("dhcp-option=224,0102\ndhcp-option=225,258\ndhcp-option=226,5i\ndhcp-option=227,1:a0\n"
                                      "dhcp-option=228,10.0.0.1,10.0.0.2\ndhcp-option=229,\"12\"\ndhcp-option=230,-1\n");
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_EQ(extra(config.options, 224), "66") << "a number, not octets in hexadecimal";
    EXPECT_EQ(extra(config.options, 225), "0102");
    EXPECT_EQ(extra(config.options, 226), "00000005");
    EXPECT_EQ(extra(config.options, 227), "01a0");
    EXPECT_EQ(extra(config.options, 228), "0a0000010a000002");
    EXPECT_EQ(extra(config.options, 229), "3132") << "quotes make it text";
    EXPECT_EQ(extra(config.options, 230), "ffffffff");
}

// ---- tags ---------------------------------------------------------------------------------------------------------------------------

const std::string kGuests = "dhcp-mac=set:guest,00:04:f2:*:*:*\n";

TEST(DnsmasqTags, BeforeAnOptionAreConditionsWhateverTheirPrefix)
{
    for (const std::string tag : {"tag:guest", "net:guest", "set:guest", "guest"}) {
        const auto [config, notes] = read(kGuests + "dhcp-option=" + tag + ",42,10.9.9.1\n");
        EXPECT_THAT(notes, IsEmpty()) << tag;
        EXPECT_THAT(config.options.ntp_servers, IsEmpty()) << tag;
        ASSERT_EQ(config.classes.size(), 1U);
        EXPECT_EQ(config.classes[0].options.ntp_servers, std::vector{address("10.9.9.1")}) << tag;
        EXPECT_EQ(extra(read(kGuests + "dhcp-option=encap:175," + tag + ",8,1b\n").config.classes[0].options, 175), "080101");
    }
}

TEST(DnsmasqTags, ThatNobodySetsKeepTheOptionFromEverybody)
{
    const auto [config, notes] = read("dhcp-option=net:guest,42,10.9.9.1\ndhcp-boot=net:guest,x\ndhcp-option=router,10.9.9.1\n");
    EXPECT_THAT(notes,
                ElementsAre(HasSubstr("4: dhcp-option=net:guest,42,10.9.9.1: asks for the tag guest"),
                            HasSubstr("5: dhcp-boot=net:guest,x: asks for the tag guest"),
                            HasSubstr("6: dhcp-option=router,10.9.9.1: is an option that we do not know")));
    EXPECT_THAT(config.options.ntp_servers, IsEmpty());
    EXPECT_EQ(config.options.boot_file, "");
}

TEST(DnsmasqTags, BehindAnOptionAreItsValue)
{
    const auto [config, notes] = read("dhcp-option=224,tag:guest\n");
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_EQ(extra(config.options, 224), wire::to_hex(text("tag:guest")));
}

TEST(DnsmasqTags, BeforeAFileAreConditionsIfTheySayTagOrNet)
{
    for (const std::string tag : {"tag:guest", "net:guest"}) {
        const auto config = read(kGuests + "dhcp-boot=" + tag + ",x,,10.9.9.1\n").config;
        EXPECT_EQ(config.options.boot_file, "") << tag;
        EXPECT_EQ(config.classes[0].options.boot_file, "x") << tag;
    }
    const auto [config, notes] = read(kGuests + "dhcp-boot=set:guest,x,,10.9.9.1\n");
    EXPECT_EQ(config.options.boot_file, "");
    EXPECT_THAT(notes, ElementsAre(HasSubstr("sets no tag: dnsmasq takes it for the name of the file")));
}

TEST(DnsmasqTags, BeforeARangeAreConditionsIfTheySayTagOrNet)
{
    const std::string range = ",192.168.1.160,192.168.1.170,255.255.255.0,12h\n";
    for (const std::string tag : {"tag:guest", "net:guest"})
        EXPECT_EQ(read(kGuests + "dhcp-range=" + tag + range).config.subnets[0].pools[1].client_class, "guest") << tag;
    for (const std::string tag : {"set:more", "more"}) {
        const auto [config, notes] = read("dhcp-range=" + tag + range + "dhcp-option=tag:more,42,10.9.9.1\n");
        EXPECT_THAT(notes, IsEmpty());
        EXPECT_EQ(config.subnets[0].pools[1].client_class, "") << tag;
        EXPECT_EQ(config.subnets[0].options.ntp_servers, std::vector{address("10.9.9.1")}) << tag;
    }
}

TEST(DnsmasqTags, OfAHostAreSetAlsoByNet)
{
    for (const std::string tag : {"set:red", "net:red"}) {
        const auto [config, notes] =
            read("dhcp-host=11:22:33:44:55:66," + tag + ",192.168.1.60\ndhcp-option=tag:red,42,10.9.9.1\n");
        EXPECT_THAT(notes, IsEmpty());
        EXPECT_EQ(config.subnets[0].reservations[0].options.ntp_servers, std::vector{address("10.9.9.1")}) << tag;
    }
}

TEST(DnsmasqTags, NeedNoPrefixWhereALineSetsThem)
{
    const auto [config, notes] = read("dhcp-mac=a,00:04:f2:*:*:*\ndhcp-circuitid=b,ca:fe\ndhcp-match=net:c,175\n"
                                      "dhcp-vendorclass=tag:d,x\n");
    EXPECT_THAT(notes, ElementsAre(HasSubstr("dhcp-vendorclass=tag:d,x: is not set:TAG,TEXT")));
    ASSERT_EQ(config.classes.size(), 3U);
    EXPECT_EQ(config.classes[0].name, "a");
    EXPECT_EQ(config.classes[1].name, "b");
    EXPECT_EQ(config.classes[2].name, "c");
}

TEST(DnsmasqTags, SetByARangeOrAHostAndByWhatIsSentLeadToBoth)
{
    const auto [config, notes] = read("dhcp-host=set:blue,02:00:00:00:00:01,192.168.1.9\ndhcp-vendorclass=set:lan,Linux\n"
                                      "dhcp-vendorclass=set:blue,Unix\ndhcp-option=tag:lan,option:ntp-server,192.168.1.3\n"
                                      "dhcp-option=tag:blue,option:domain-name,blue\n");
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_EQ(config.subnets[0].options.ntp_servers, std::vector{address("192.168.1.3")}) << "everybody of the range";
    EXPECT_EQ(config.classes[0].options.ntp_servers, std::vector{address("192.168.1.3")}) << "and whoever says Linux elsewhere";
    EXPECT_EQ(config.subnets[0].reservations[0].options.domain_name, "blue");
    EXPECT_EQ(config.classes[1].options.domain_name, "blue");
}

TEST(DnsmasqFields, AMacAddressMayLackItsZeros)
{
    const auto [config, notes] = read("dhcp-host=2:0:0:0:a:9,192.168.1.77\ndhcp-host=2:0:0:0:a:zz,192.168.1.78\n"
                                      "dhcp-host=11:22:33,ignore\n");
    EXPECT_THAT(config.classes, IsEmpty()) << "three octets are not every card that begins so";
    ASSERT_EQ(config.subnets[0].reservations.size(), 1U);
    EXPECT_EQ(config.subnets[0].reservations[0].hardware->to_string(), "02:00:00:00:0a:09");
    EXPECT_EQ(config.subnets[0].reservations[0].hostname, "");
    EXPECT_THAT(notes, ElementsAre(HasSubstr("is neither a MAC address nor a name"), HasSubstr("is neither a MAC")))
        << "no name has colons";
}

TEST(DnsmasqFields, EscapesInQuotesAreOneCharacter)
{
    const auto [config, notes] =
        read("dhcp-option=252,\"\\n\"\ndhcp-option=250,\"a\\\"b\\\\ # c\" # a comment\ndhcp-option=251,\\n\n");
    EXPECT_EQ(extra(config.options, 252), "0a");
    EXPECT_EQ(extra(config.options, 250), wire::to_hex(text("a\"b\\ # c")));
    EXPECT_EQ(extra(config.options, 251), wire::to_hex(text("\\n"))) << "without quotes they are two";
}

TEST(DnsmasqTags, ThatIgnoreAreAllConditions)
{
    EXPECT_TRUE(read(kGuests + "dhcp-ignore=net:guest\n").config.classes[0].deny);
    EXPECT_TRUE(read(kGuests + "dhcp-ignore=guest\n").config.classes[0].deny);
    const auto [config, notes] = read(kGuests + "dhcp-ignore=tag:guest,other\n");
    EXPECT_FALSE(config.classes[0].deny) << "those who have both";
    EXPECT_THAT(notes, ElementsAre(HasSubstr("by tags that are not one class")));
}

// ---- what dnsmasq does by itself ----------------------------------------------------------------------------------------------------

TEST(DnsmasqDefaults, ItselfAsRouterAndDnsServerIsListed)
{
    EXPECT_THAT(read_lines(kRange).notes,
                ElementsAre(AllOf(StartsWith("1: dhcp-range="), HasSubstr("as router"), HasSubstr("as DNS server"),
                                  HasSubstr("write router = … and dns = …"))));
    EXPECT_THAT(read_lines(kRange + "dhcp-option=6,9.9.9.9\n").notes, ElementsAre(HasSubstr("write router = …")));
    EXPECT_THAT(read_lines(kRange + "dhcp-option=tag:lan,option:router,192.168.1.1\n").notes,
                ElementsAre(HasSubstr("write dns = …")));
    EXPECT_THAT(read_lines(kRange + kTold).notes, IsEmpty());
}

TEST(DnsmasqDefaults, OneNoteForEachSubnetThatIsNotTold)
{
    const std::string second = "dhcp-range=set:guest,192.168.2.50,192.168.2.150,255.255.255.0\n"
                               "dhcp-range=192.168.2.160,192.168.2.170,255.255.255.0\n";
    const std::string of_lan = "dhcp-option=tag:lan,3,192.168.1.1\ndhcp-option=tag:lan,6,192.168.1.1\n";
    EXPECT_THAT(read_lines(kRange + second + of_lan).notes, ElementsAre(StartsWith("2: dhcp-range=set:guest,")));
}

TEST(DnsmasqDefaults, NoneOnceALineSaysThatNothingIsSent)
{
    EXPECT_THAT(read_lines(kRange + "dhcp-option=3\ndhcp-option=option:dns-server\n").notes, IsEmpty());
    EXPECT_THAT(read_lines(kRange + "dhcp-option=3\nport=0\n").notes, ElementsAre(StartsWith("3: port=0: ")))
        << "dnsmasq without DNS names no DNS server";
}

TEST(DnsmasqDefaults, WhatIsSentAgainstALineIsListed)
{
    EXPECT_THAT(read("dhcp-option=tag:lan,3\n").notes, ElementsAre(StartsWith("4: dhcp-option=tag:lan,3: orders that")));
    EXPECT_THAT(read("dhcp-option=28\n").notes, ElementsAre(StartsWith("4: dhcp-option=28: orders that")));
    EXPECT_THAT(read("dhcp-option=tag:lan,42\n").notes, IsEmpty()) << "nobody says it";
    EXPECT_THAT(read("dhcp-vendorclass=set:a,x\ndhcp-option=tag:a,42\ndhcp-option=tag:lan,42,10.0.0.1\n").notes,
                ElementsAre(StartsWith("5: dhcp-option=tag:a,42: orders that")))
        << "a class is of every subnet";
}

ClassTest anywhere(std::uint8_t code, std::string_view characters)
{
    ClassTest test{Subject::option, code, text(characters), false, {}};
    test.anywhere = true;
    return test;
}

TEST(DnsmasqMatches, TextMayStandAnywhere)
{
    const auto [config, notes] =
        read("dhcp-vendorclass=set:a,\"Cisco Systems, Inc.\"\ndhcp-userclass=set:b,iPXE\ndhcp-match=set:c,60,PXEClient\n"
             "dhcp-match=set:d,60,a,b\ndhcp-match=set:e,60,50:58:45\ndhcp-match=set:f,93,7\n");
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_EQ(config.classes.size(), 6U);
    EXPECT_EQ(config.classes[0].tests, std::vector{anywhere(60, "Cisco Systems, Inc.")});
    EXPECT_EQ(config.classes[1].tests, std::vector{anywhere(77, "iPXE")});
    EXPECT_EQ(config.classes[2].tests, std::vector{anywhere(60, "PXEClient")});
    EXPECT_EQ(config.classes[3].tests, std::vector{anywhere(60, "a,b")});
    EXPECT_EQ(config.classes[4].tests, (std::vector{ClassTest{Subject::option, 60, text("PXE"), true, {}}})) << "octets";
    EXPECT_EQ(config.classes[5].tests, (std::vector{ClassTest{Subject::option, 93, octets("0007"), true, {}}})) << "a number";
}

TEST(DnsmasqMatches, OfTextAndOfOctetsAreOfTwoKinds)
{
    EXPECT_THAT(read("dhcp-match=set:a,60,PXE\ndhcp-match=set:a,60,41:42\n").notes,
                ElementsAre(HasSubstr("5: dhcp-match=set:a,60,41:42: the tag a is set by another kind of test")));
    const auto both = read("dhcp-vendorclass=set:a,PXE\ndhcp-match=set:a,60,Etherboot\n");
    EXPECT_THAT(both.notes, IsEmpty());
    EXPECT_THAT(both.config.classes[0].tests[0].alternatives, ElementsAre(text("Etherboot")));
}

TEST(DnsmasqMatches, LongerThanTheirSubjectCanBeAreListed)
{
    const auto [config, notes] = read("dhcp-circuitid=set:a," + std::string(256, 'x') + "\n");
    EXPECT_THAT(config.classes, IsEmpty());
    EXPECT_THAT(notes, ElementsAre(HasSubstr("is longer than what it is compared with can be")));
}

TEST(DnsmasqDefaults, SayingTwiceThatAnOptionIsThereIsSayingItOnce)
{
    const auto [config, notes] = read("dhcp-match=set:ipxe,175\ndhcp-match=set:ipxe,175\n");
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_EQ(config.classes.size(), 1U);
    EXPECT_EQ(config.classes[0].tests, (std::vector{ClassTest{Subject::option, 175, {}, false, {}}}));
}

TEST(DnsmasqDefaults, APatternOfOctetsIsNoText)
{
    const auto [config, notes] = read("dhcp-match=set:a,60,50:*:45\n");
    EXPECT_THAT(config.classes, IsEmpty());
    EXPECT_THAT(notes, ElementsAre(HasSubstr("is a pattern of octets")));
}

TEST(DnsmasqDefaults, AnIdentifierOfARelayIsTextUnlessItHasColons)
{
    const auto [config, notes] = read("dhcp-circuitid=set:a,cafe\ndhcp-remoteid=set:b,ca:fe\n");
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_EQ(config.classes[0].tests[0].data, text("cafe"));
    EXPECT_EQ(config.classes[1].tests[0].data, octets("cafe"));
}

// ---- options within options ---------------------------------------------------------------------------------------------------------

TEST(DnsmasqSuboptions, OfAVendorGoToItsClass)
{
    const auto [config, notes] = read("dhcp-option=vendor:PXEClient,6,8\ndhcp-option-force=vendor:PXEClient,8,0:0:1:a:0:0:1\n"
                                      "dhcp-option=vendor:MSFT,2,1i\n");
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_EQ(config.classes.size(), 2U);
    EXPECT_EQ(config.classes[0].tests, std::vector{anywhere(60, "PXEClient")});
    EXPECT_EQ(extra(config.classes[0].options, 43),
              "060108080700000"
              "10a000001 forced");
    EXPECT_EQ(extra(config.classes[1].options, 43), "020400000001");
}

TEST(DnsmasqSuboptions, OfAnotherOptionGoWhereItWouldGo)
{
    const auto [config, notes] = read("dhcp-option=encap:175,190,user\ndhcp-option=encap:175,191,pass\n"
                                      "dhcp-option=tag:lan,encap:175,8,1b\n");
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_EQ(extra(config.options, 175), "be0475736572bf0470617373");
    EXPECT_EQ(extra(config.subnets[0].options, 175), "080101");
}

TEST(DnsmasqSuboptions, WhatHasNoEquivalentIsListed)
{
    EXPECT_THAT(read("dhcp-option=vendor:PXEClient,1,0.0.0.0\ndhcp-option=vi-encap:2,10,x\ndhcp-option=encap:175,0,x\n"
                     "dhcp-option=tag:lan,vendor:PXEClient,6,8\ndhcp-option=43,01:02\ndhcp-option=encap:43,1,x\n")
                    .notes,
                ElementsAre(HasSubstr("0.0.0.0 stands for the server's own address"), HasSubstr("of an enterprise"),
                            HasSubstr("within another that we do not know"), HasSubstr("a tag and a vendor class at once"),
                            HasSubstr("9: dhcp-option=encap:43,1,x: another line says the whole")));
}

// ---- hosts --------------------------------------------------------------------------------------------------------------------------

TEST(DnsmasqHosts, ThatAreIgnoredAreDeniedByAllThatTheyAreKnownBy)
{
    const auto [config, notes] = read("dhcp-host=11:22:33:*:*:*,ignore\ndhcp-host=11:22:33:44:55:66,ignore\n"
                                      "dhcp-host=44:55:66:*:*:*,ignore\ndhcp-host=id:1:2,ignore\n");
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_EQ(config.classes.size(), 3U);
    for (const auto& each : config.classes)
        EXPECT_TRUE(each.deny);
    EXPECT_EQ(config.classes[0].tests,
              (std::vector{ClassTest{Subject::hardware, 0, octets("112233"), true, {octets("445566")}}}));
    EXPECT_EQ(config.classes[1].tests, (std::vector{ClassTest{Subject::hardware, 0, octets("112233445566"), false, {}}}));
    EXPECT_EQ(config.classes[2].tests, (std::vector{ClassTest{Subject::option, 61, octets("0102"), false, {}}}));
}

TEST(DnsmasqHosts, ThatCannotBeToldAreListed)
{
    EXPECT_THAT(read("dhcp-host=11:*:33:*:*:*,ignore\ndhcp-host=11:22:33:*:*:*,192.168.1.60\ndhcp-host=printer,ignore\n"
                     "dhcp-host=tag:a,11:22:33:44:55:66,192.168.1.60\n")
                    .notes,
                ElementsAre(HasSubstr("is a pattern other than"), HasSubstr("an address is set aside for one"),
                            HasSubstr("has neither MAC address nor identifier"), HasSubstr("asks for a tag")));
}

TEST(DnsmasqHosts, TheMacBesideAnIdentifierIsListed)
{
    const auto [config, notes] = read("dhcp-host=id:1:2,11:22:33:44:55:66,192.168.1.60\n");
    EXPECT_THAT(notes, ElementsAre(HasSubstr("has an identifier and a MAC address")));
    EXPECT_EQ(config.subnets[0].reservations[0].hardware, std::nullopt);
    EXPECT_EQ(config.subnets[0].reservations[0].client_id, (std::vector<std::uint8_t>{1, 2}));
    EXPECT_THAT(read("dhcp-host=id:*,11:22:33:44:55:66,192.168.1.60\n").notes, IsEmpty()) << "known by its MAC address alone";
}

TEST(DnsmasqHosts, ATagOfTheSameNameKeepsItsClass)
{
    const auto [config, notes] = read("dhcp-mac=set:ignored,00:04:f2:*:*:*\ndhcp-host=11:22:33:44:55:66,ignore\n");
    ASSERT_EQ(config.classes.size(), 2U);
    EXPECT_FALSE(config.classes[0].deny);
    EXPECT_EQ(config.classes[0].tests[0].alternatives.size(), 0U);
    EXPECT_TRUE(config.classes[1].deny);
}

// ---- reasons ------------------------------------------------------------------------------------------------------------------------

struct Lost {
    const char* line;
    const char* why;
};
void PrintTo(const Lost& lost, std::ostream* out) { *out << lost.line; }

class DnsmasqLoss : public testing::TestWithParam<Lost> { };

TEST_P(DnsmasqLoss, SaysWhy)
{
    EXPECT_THAT(read(GetParam().line).notes, ElementsAre(HasSubstr(std::string{GetParam().line} + ": " + GetParam().why)));
}

INSTANTIATE_TEST_SUITE_P(
    Every, DnsmasqLoss,
    testing::Values(Lost{"shared-network=eth0,192.168.2.1", "write the same shared_network"},
                    Lost{"tag-if=set:a,tag:b,tag:!c", "makes a tag of other tags"},
                    Lost{"read-ethers", "names hosts of /etc/ethers"}, Lost{"no-dhcp-interface=eth1", "the interface is named"},
                    Lost{"no-dhcpv4-interface=eth1", "the interface is named"},
                    Lost{"dhcp-hostsfile=/etc/hosts.dhcp", "names a file of lines"},
                    Lost{"dhcp-hostsdir=/etc/d", "names a file of lines"},
                    Lost{"dhcp-optsfile=/etc/opts", "names a file of lines"},
                    Lost{"conf-file=/etc/more.conf", "names another file"}, Lost{"conf-dir=/etc/dnsmasq.d", "names another file"},
                    Lost{"conf-script=/bin/x", "names another file"}, Lost{"dhcp-leasefile=/var/x", "leases are imported"},
                    Lost{"dhcp-script=/bin/x", "DoraScope runs no scripts"}, Lost{"log-dhcp", "is about the log"},
                    Lost{"bootp-dynamic=tag:a", "BOOTP clients are"}, Lost{"addn-hosts=/etc/more", "is not about DHCP"}));

} // namespace
} // namespace dorascope::interchange
