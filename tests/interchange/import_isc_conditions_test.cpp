// SPDX-License-Identifier: GPL-3.0-or-later
// dhcpd.eval(5): conditions, of classes and of "if". What is a test of ours becomes one; nobody is told more or less than by dhcpd unsaid.
#include "engine/host/config_file.h"
#include "engine/wire/hex.h"
#include "tests/interchange/imported.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using server::ClientClass;
using server::Config;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Subject = ClassTest::Subject;
using Tests = std::vector<ClassTest>;

Read read(const std::string& text)
{
    auto r = read_as(text, ConfigFormat::isc);
    EXPECT_THAT(server::validate(r.config), IsEmpty()) << "and it can be served";
    const auto again = host::parse_config(host::to_toml(r.config));
    EXPECT_TRUE(again && *again == r.config) << "and be written";
    return r;
}

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
ClassTest whole(std::uint8_t code, std::vector<std::byte> data) { return {Subject::option, code, std::move(data), false, {}}; }
ClassTest beginning(std::uint8_t code, std::vector<std::byte> data) { return {Subject::option, code, std::move(data), true, {}}; }
ClassTest there(std::uint8_t code) { return {Subject::option, code, {}, false, {}}; }

ClassTest behind(std::uint16_t offset, ClassTest test)
{
    test.offset = offset;
    return test;
}

const std::string kSubnet = "subnet 192.168.1.0 netmask 255.255.255.0 { range 192.168.1.100 192.168.1.150; }\n";
const std::string kOther = "subnet 192.168.2.0 netmask 255.255.255.0 { range 192.168.2.100 192.168.2.150; }\n";
const std::string kArch = "option arch code 93 = unsigned integer 16;\n";

// ---- conditions ---------------------------------------------------------------------------------------------------------------------

struct Condition {
    const char* name;
    std::string text;
    Tests tests; ///< none: it has no equivalent
};
void PrintTo(const Condition& condition, std::ostream* out) { *out << condition.text; }

class IscCondition : public testing::TestWithParam<Condition> { };

TEST_P(IscCondition, IsAClassOfSuchTestsOrIsListed)
{
    const auto [config, notes] = read(kArch + kSubnet + "if " + GetParam().text + " { filename \"x\"; }\n");
    if (GetParam().tests.empty()) {
        EXPECT_THAT(config.classes, IsEmpty());
        EXPECT_THAT(notes, ElementsAre(HasSubstr("is a condition that has no equivalent here")));
        return;
    }
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_THAT(config.classes, SizeIs(1));
    EXPECT_EQ(config.classes[0].tests, GetParam().tests);
    EXPECT_EQ(config.classes[0].options.boot_file, "x");
}

INSTANTIATE_TEST_SUITE_P(
    Every, IscCondition,
    testing::Values(
        Condition{"Definition", "option arch = 00:07", {whole(93, octets("0007"))}},
        Condition{"Parentheses", "((option arch = 0:7))", {whole(93, octets("0007"))}},
        Condition{"Numbered", "option unknown-224 = \"x\"", {whole(224, text("x"))}},
        Condition{"Space", "option dhcp.user-class = \"iPXE\"", {whole(77, text("iPXE"))}},
        Condition{"Alternatives",
                  "option arch = 00:07 or option arch = 00:08 or (option arch = 00:09)",
                  {{Subject::option, 93, octets("0007"), false, {octets("0008"), octets("0009")}}}},
        Condition{"AlternativesOfPrefixes",
                  "substring(hardware, 1, 3) = 00:04:f2 or substring(hardware, 1, 3) = 64:16:7f",
                  {{Subject::hardware, 0, octets("0004f2"), true, {octets("64167f")}}}},
        Condition{"Existence", "exists user-class", {there(77)}}, Condition{"ExistenceOfADefinition", "exists arch", {there(93)}},
        Condition{"ExistenceOfACircuit", "exists agent.circuit-id", {{Subject::circuit_id, 0, {}, false, {}}}},
        Condition{"Both",
                  "exists user-class and (option arch = 00:07 or option arch = 00:09)",
                  {there(77), {Subject::option, 93, octets("0007"), false, {octets("0009")}}}},
        Condition{"ShorterThanItsSubstring", "substring(option user-class, 0, 9) = \"iPXE\"", {whole(77, text("iPXE"))}},
        Condition{"AsLongAsItsSubstring", "substring(option user-class, 0, 4) = \"iPXE\"", {beginning(77, text("iPXE"))}},
        Condition{"LongerThanItsSubstring", "substring(option user-class, 0, 3) = \"iPXE\"", {}},
        Condition{"MuchLongerSubstring", "substring(option user-class, 0, 20) = \"iPXE\"", {whole(77, text("iPXE"))}},
        Condition{"BehindAnOffset",
                  "substring(option vendor-class-identifier, 15, 5) = \"00007\"",
                  {behind(15, beginning(60, text("00007")))}},
        Condition{"TheRestBehindAnOffset", "substring(option arch, 1, 8) = 07", {behind(1, whole(93, octets("07")))}},
        Condition{"HardwareBehindAnOffset",
                  "substring(hardware, 4, 2) = aa:bb",
                  {behind(3, {Subject::hardware, 0, octets("aabb"), true, {}})}},
        Condition{"AlternativesBehindAnOffset",
                  "substring(option arch, 1, 1) = 07 or substring(option arch, 1, 1) = 09",
                  {behind(1, {Subject::option, 93, octets("07"), true, {octets("09")}})}},
        Condition{
            "AlternativesBehindDifferentOffsets", "substring(option arch, 1, 1) = 07 or substring(option arch, 0, 1) = 09", {}},
        Condition{"HardwareThatIsTooLong", "substring(hardware, 15, 3) = 1:2:3", {}},
        Condition{"AnOffsetBehindEverything", "substring(option arch, 70000, 1) = 07", {}},
        Condition{"OfDifferentThings", "option arch = 00:07 or option user-class = \"iPXE\"", {}},
        Condition{"OfDifferentKinds", "option user-class = \"iPXE\" or substring(option user-class, 0, 1) = \"x\"", {}},
        Condition{"ExistenceOrValue", "exists user-class or option user-class = \"iPXE\"", {}},
        Condition{"Mixed", "exists user-class and option arch = 00:07 or option arch = 00:09", {}},
        Condition{"AlternativeOfTwo", "option arch = 00:07 or (exists user-class and option arch = 00:09)", {}},
        Condition{"Negation", "not exists user-class", {}}, Condition{"Inequality", "option arch != 00:07", {}},
        Condition{"UnknownName", "exists nothing-known", {}}, Condition{"Known", "known", {}}, Condition{"Nothing", "", {}},
        Condition{"Unfinished", "(option arch = 00:07", {}}, Condition{"Dangling", "option arch = 00:07 or", {}},
        Condition{"SignForALiteral", "option arch = =", {}}),
    [](const auto& condition) { return std::string{condition.param.name}; });

TEST(IscMatch, KnowsDefinedOptionsAndAlternatives)
{
    const auto [config, notes] = read(kArch + kSubnet
                                      + "class \"uefi\" { match if option arch = 00:07 or option arch = 00:09; }\n"
                                        "class \"by arch\" { match option arch; }\nsubclass \"by arch\" 00:06;\n");
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_THAT(config.classes, SizeIs(2));
    EXPECT_EQ(config.classes[1].tests, (Tests{{Subject::option, 93, octets("0007"), false, {octets("0009")}}}));
    EXPECT_EQ(config.classes[0].tests, (Tests{whole(93, octets("0006"))}));
}

TEST(IscMatch, ASubclassOfAnotherLengthIsListed)
{
    EXPECT_THAT(read(kSubnet
                     + "class \"a\" { match substring(hardware, 1, 3); }\nsubclass \"a\" 0:4:f2;\nsubclass \"a\" 0:4;\n"
                       "subclass \"a\" 0:4:f2:1;\n")
                    .notes,
                ElementsAre(StartsWith("4: subclass \"a\" 0:4: is data"), StartsWith("5: subclass \"a\" 0:4:f2:1: is data")));
}

TEST(IscMatch, SubclassesMayBeToldBehindAnOffset)
{
    const auto [config, notes] =
        read(kSubnet + "class \"a\" { match substring(hardware, 4, 3); }\nsubclass \"a\" 1:2:3;\nsubclass \"a\" 4:5:6;\n");
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_THAT(config.classes, SizeIs(1));
    EXPECT_EQ(config.classes[0].tests, (Tests{behind(3, {Subject::hardware, 0, octets("010203"), true, {octets("040506")}})}));
}

TEST(IscIf, BranchesBehindDifferentOffsetsMayShareClients)
{
    const std::string chain = "if substring(option arch, 1, 1) = 07 { filename \"a\"; }\n"
                              "elsif substring(option arch, 0, 1) = 09 { filename \"b\"; next-server 10.0.0.1; }\n";
    EXPECT_THAT(read(kArch + kSubnet + chain).notes, ElementsAre(HasSubstr("holds here also for those")));
    const std::string apart = "if substring(option arch, 1, 1) = 07 { filename \"a\"; }\n"
                              "elsif substring(option arch, 1, 1) = 09 { filename \"b\"; next-server 10.0.0.1; }\n";
    EXPECT_THAT(read(kArch + kSubnet + apart).notes, IsEmpty());
}

// ---- if -----------------------------------------------------------------------------------------------------------------------------

TEST(IscIf, AChainWithAnElseIsClassesOverWhatEverybodyIsTold)
{
    const auto [config, notes] = read(kArch + kSubnet
                                      + "next-server 192.168.1.2;\n"
                                        "if option arch = 00:06 { filename \"ia32.efi\"; }\n"
                                        "else if option arch = 00:07 { filename \"x64.efi\"; default-lease-time 60; }\n"
                                        "elsif option arch = 00:0b { filename \"arm.efi\"; next-server 192.168.1.3; }\n"
                                        "else { filename \"pxelinux.0\"; }\n");
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_EQ(config.options.boot_file, "pxelinux.0");
    EXPECT_EQ(config.options.next_server, Ipv4Address::parse("192.168.1.2"));
    ASSERT_THAT(config.classes, SizeIs(3)) << "the first of the chain outranks the others, and so comes last";
    EXPECT_EQ(config.classes[2].options.boot_file, "ia32.efi");
    EXPECT_EQ(config.classes[1].options.boot_file, "x64.efi");
    EXPECT_EQ(config.classes[1].lease_seconds, 60U);
    EXPECT_EQ(config.classes[0].options.next_server, Ipv4Address::parse("192.168.1.3"));
    EXPECT_EQ(config.classes[2].name, "option arch = 00:06");
}

TEST(IscIf, InAClassIsAClassWithin)
{
    const auto [config, notes] =
        read(kArch + kSubnet
             + "class \"pxe\" { match if substring(option vendor-class-identifier, 0, 9) = \"PXEClient\";\n"
               "next-server 192.168.1.2;\n"
               "if option arch = 00:07 { filename \"x64.efi\"; } else { filename \"pxelinux.0\"; } }\n"
               "class \"other\" { match if exists user-class; }\n");
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_THAT(config.classes, SizeIs(3));
    EXPECT_EQ(config.classes[0].name, "other") << "the first outranks the others, and so comes last";
    EXPECT_EQ(config.classes[1].options.boot_file, "pxelinux.0");
    EXPECT_EQ(config.classes[2].name, "pxe, option arch = 00:07");
    EXPECT_EQ(config.classes[2].tests, (Tests{beginning(60, text("PXEClient")), whole(93, octets("0007"))}));
    EXPECT_EQ(config.classes[2].options.boot_file, "x64.efi");
}

TEST(IscIf, WithinAnotherHasTheTestsOfBoth)
{
    const auto [config, notes] = read(kArch + kSubnet
                                      + "if exists user-class { filename \"a\";\n"
                                        "if option arch = 00:07 { filename \"b\"; } }\n");
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_THAT(config.classes, SizeIs(2));
    EXPECT_EQ(config.classes[0].options.boot_file, "a");
    EXPECT_EQ(config.classes[1].tests, (Tests{there(77), whole(93, octets("0007"))})) << "and outranks it";
    EXPECT_EQ(config.classes[1].options.boot_file, "b");
}

TEST(IscIf, OfTheServerIsOutrankedByClasses)
{
    const auto [config, notes] = read(kSubnet
                                      + "class \"c\" { match if exists user-class; filename \"of the class\"; }\n"
                                        "if exists user-class { filename \"of the server\"; }\n");
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_THAT(config.classes, SizeIs(2));
    EXPECT_EQ(config.classes[1].name, "c");
}

TEST(IscIf, OfASubnetIsForEveryClientAndSaysSo)
{
    const std::string with_if = "subnet 192.168.3.0 netmask 255.255.255.0 { range 192.168.3.10 192.168.3.20;\n"
                                "if exists user-class { filename \"a\"; } else { filename \"b\"; } }\n";
    const auto alone = read(with_if);
    EXPECT_THAT(alone.notes, IsEmpty());
    EXPECT_EQ(alone.config.subnets[0].options.boot_file, "b");
    ASSERT_THAT(alone.config.classes, SizeIs(1));
    const auto beside = read(kSubnet + with_if);
    EXPECT_THAT(beside.notes, ElementsAre(StartsWith("3: if exists user-class { }: holds in every subnet here")));
    EXPECT_THAT(beside.config.classes, SizeIs(1));
}

TEST(IscIf, OfEverySubnetAlikeIsOneClass)
{
    const auto subnet = [](const std::string& net, const std::string& file) {
        return "subnet 192.168." + net + ".0 netmask 255.255.255.0 { range 192.168." + net
            + ".10; if exists user-class { filename \"" + file + "\"; } }\n";
    };
    const auto alike = read(subnet("1", "a") + subnet("2", "a"));
    EXPECT_THAT(alike.notes, IsEmpty());
    EXPECT_THAT(alike.config.classes, SizeIs(1));
    const auto unlike = read(subnet("1", "a") + subnet("2", "b"));
    EXPECT_THAT(unlike.notes, ElementsAre(StartsWith("1: if exists user-class { }: says other things"), StartsWith("2: ")));
    EXPECT_THAT(unlike.config.classes, IsEmpty());
}

TEST(IscIf, OfASharedNetworkCoversItsSubnets)
{
    const auto [config, notes] =
        read("shared-network n { if exists user-class { filename \"a\"; } else { filename \"b\"; }\n" + kSubnet + kOther + "}\n");
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_THAT(config.classes, SizeIs(1));
    EXPECT_EQ(config.subnets[0].options.boot_file, "b");
    EXPECT_EQ(config.subnets[1].options.boot_file, "b");
}

struct Lost {
    const char* name;
    std::string text;
    const char* note; ///< how the one note begins
    std::size_t classes = 0;
};
void PrintTo(const Lost& lost, std::ostream* out) { *out << lost.name; }

class IscIfLoss : public testing::TestWithParam<Lost> { };

TEST_P(IscIfLoss, IsListed)
{
    const auto [config, notes] = read(kSubnet + GetParam().text);
    EXPECT_THAT(notes, ElementsAre(StartsWith(GetParam().note)));
    EXPECT_THAT(config.classes, SizeIs(GetParam().classes));
}

INSTANTIATE_TEST_SUITE_P(
    Every, IscIfLoss,
    testing::Values(
        Lost{"ElseThatSaysMore", "if exists user-class { filename \"a\"; }\nelse { filename \"b\"; next-server 10.0.0.1; }\n",
             "3: else { }: is for those alone", 1},
        Lost{"TimesOfAnElse", "if exists user-class { filename \"a\"; }\nelse { filename \"b\"; default-lease-time 9; }\n",
             "3: else { }: its lease times", 1},
        Lost{"LaterBranchThatSaysMore",
             "if exists user-class { filename \"a\"; }\nelsif exists arch-unknown-to-all { filename \"b\"; }\n",
             "3: elsif exists arch-unknown-to-all { }: is a condition that has no equivalent", 1},
        Lost{"SharedByTwoBranches",
             "if exists user-class { filename \"a\"; }\nelsif exists host-name { filename \"b\"; next-server 10.0.0.1; }\n",
             "3: elsif exists host-name { }: holds here also for those", 2},
        Lost{"OfAGroup", "group { if exists user-class { filename \"a\"; } }\n",
             "2: if exists user-class { }: is a condition of a group"},
        Lost{"OfAHost",
             "host a { hardware ethernet 2:0:0:0:0:1; fixed-address 192.168.1.9; if exists user-class { filename \"a\"; } }\n",
             "2: if exists user-class { }: is a condition of a host"},
        Lost{"OfAnElse", "if exists user-class { filename \"a\"; } else {\nif exists host-name { filename \"b\"; } }\n",
             "3: if exists host-name { }: is a condition for those alone", 1},
        Lost{"OutrankedLater", "if exists user-class { filename \"a\"; }\nfilename \"b\";\n",
             "2: if exists user-class { }: outranks what its block says later", 1},
        Lost{"OutrankedInASubnet",
             "if exists user-class { filename \"a\"; }\n"
             "subnet 10.0.0.0 netmask 255.0.0.0 { range 10.0.0.1 10.0.0.9; filename \"b\"; }\n",
             "2: if exists user-class { }: outranks what subnets say", 1},
        Lost{"TimesOutrankedInASubnet",
             "if exists user-class { default-lease-time 60; }\n"
             "subnet 10.0.0.0 netmask 255.0.0.0 { range 10.0.0.1 10.0.0.9; default-lease-time 90; }\n",
             "2: if exists user-class { }: outranks what subnets say", 1},
        Lost{"SharedWithinABranch",
             "if exists user-class { filename \"a\"; }\n"
             "elsif exists host-name { if exists dhcp-client-identifier { next-server 10.0.0.1; } }\n",
             "3: ", 2},
        Lost{"LoneElse", "else { filename \"a\"; }\n", "2: else { }: stands behind no condition"},
        Lost{"Declarations", "if exists user-class {\nsubnet 10.0.0.0 netmask 255.0.0.0 { range 10.0.0.1 10.0.0.9; } }\n",
             "3: subnet 10.0.0.0 netmask 255.0.0.0 { }: is nothing that dhcpd heeds in a condition"},
        Lost{"OtherStatements", "if exists user-class { filename \"a\";\nlog(info, \"x\"); }\n", "3: log", 1},
        Lost{"Switch", "switch (option host-name) { case 1: filename \"a\"; }\n", "2: switch"}),
    [](const auto& lost) { return std::string{lost.param.name}; });

TEST(IscIf, WhatFollowsAnUnknownConditionIsListedToo)
{
    const auto [config, notes] = read(kSubnet
                                      + "if known { filename \"a\"; }\nelsif exists user-class { filename \"b\"; }\n"
                                        "else { filename \"c\"; }\n");
    EXPECT_THAT(notes,
                ElementsAre(StartsWith("2: if known { }: is a condition"), StartsWith("3: elsif exists user-class { }: follows"),
                            StartsWith("4: else { }: follows")));
    EXPECT_THAT(config.classes, IsEmpty());
    EXPECT_EQ(config.options.boot_file, "");
}

TEST(IscIf, InAClassThatCouldNotBeReadIsListed)
{
    const auto imported =
        import_config("class \"c\" { match if known;\nif exists user-class { filename \"a\"; } }\n" + kSubnet, ConfigFormat::isc);
    ASSERT_TRUE(imported);
    ASSERT_THAT(imported->not_carried, SizeIs(2));
    EXPECT_THAT(to_string(imported->not_carried[1]), StartsWith("2: if exists user-class { }: its class has no condition here"));
    EXPECT_THAT(imported->config.classes, SizeIs(1));
}

TEST(IscIf, HostileTextStaysWithinBounds)
{
    std::string deep, many, wide = "if option user-class = \"" + std::string(200'000, 'x') + "\" {\n";
    for (int i = 0; i < 31; ++i)
        deep += "if exists user-class { filename \"a\"; ";
    for (int i = 0; i < 31; ++i)
        deep += "} ";
    for (int i = 0; i < 3000; ++i) {
        many += (i == 0 ? "if" : "elsif") + std::string{" exists user-class { next-server 10.0.0.1; filename \"a\"; }\n"};
        wide += "if exists host-name { filename \"a\"; }\n";
    }
    for (const auto& text : {deep, many, wide + "}\n"}) {
        const auto imported = import_config(text + kSubnet, ConfigFormat::isc);
        ASSERT_TRUE(imported);
        EXPECT_LE(imported->config.classes.size(), 1024U);
    }
}

} // namespace
} // namespace dorascope::interchange
