// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that boot from the network: RFC 2131 §2 (siaddr, file, sname), RFC 2132 §9.4 and §9.5, RFC 4578, 5071, 5859.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::Contains;
using testing::ElementsAreArray;
using testing::Not;
namespace option = wire::option;

ClientClass architecture(std::string name, std::vector<int> types, std::string file)
{
    ClientClass c;
    c.name = std::move(name);
    c.tests = {{ClassTest::Subject::option, 93, octets({0, types[0]}), false, {}}};
    for (std::size_t i = 1; i < types.size(); ++i)
        c.tests[0].alternatives.push_back(octets({0, types[i]}));
    c.options.boot_file = std::move(file);
    return c;
}

Config boots()
{
    Config config = office();
    config.options.next_server = address("192.168.1.3");
    config.options.server_name = "tftp.lab";
    config.options.boot_file = "lpxelinux.0";
    config.classes = {architecture("x64", {7, 9}, "x64.efi"), architecture("arm64", {11}, "arm64.efi")};
    return config;
}

/// As firmware asks: RFC 4578 §2.1 to §2.3.
Station::Edit firmware(int type, std::initializer_list<int> asked = {1, 3, 43, 60, 66, 67, 97, 128})
{
    return [type, list = octets(asked)](wire::Message& m) {
        m.options.set(option::parameter_request_list, list);
        m.options.set_text(option::vendor_class_identifier, "PXEClient:Arch:00007:UNDI:003000");
        m.options.set(93, octets({0, type}));
        m.options.set(94, octets({1, 3, 0}));
        m.options.set(97, octets({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}));
    };
}

TEST(Rfc2131Boot, SiaddrFileAndSnameSayWhereToBootFrom)
{
    Conversation talk{boots()};
    auto a = talk.client(1);
    const Answer offer = a.discover();
    EXPECT_EQ(offer.message->siaddr, address("192.168.1.3"));
    EXPECT_EQ(offer.message->file, "lpxelinux.0");
    EXPECT_EQ(offer.message->sname, "tftp.lab");
    EXPECT_THAT(offer.option_codes(), Not(Contains(66)));
    EXPECT_THAT(offer.option_codes(), Not(Contains(67)));
    EXPECT_EQ(a.select(offer.yiaddr()).message->file, "lpxelinux.0");
    const Answer nak = a.init_reboot(address("10.9.9.9"));
    EXPECT_EQ(nak.message->siaddr, Ipv4Address{});
    EXPECT_EQ(nak.message->file, "");
}

TEST(Rfc2132Boot, Options66And67ToAClientThatAsksForThem)
{
    Conversation talk{boots()};
    const Answer offer = talk.client(1).discover(firmware(0));
    EXPECT_EQ(offer.message->options.text(option::tftp_server_name), "tftp.lab");
    EXPECT_EQ(offer.message->options.text(option::bootfile_name), "lpxelinux.0");
}

TEST(Rfc2132Boot, WhenRoomIsShortTheOptionsTakeThePlaceOfTheFields)
{
    Config config = boots();
    config.options.extra = {{100, std::vector<std::byte>(150, std::byte{1})}, {101, std::vector<std::byte>(120, std::byte{2})}};
    Conversation talk{config};
    const Answer offer = talk.client(1).discover(firmware(0, {66, 67, 100, 101}));
    EXPECT_THAT(offer.option_codes(), testing::IsSupersetOf({66, 67, 100, 101}));
    EXPECT_FALSE(offer.has(StepCode::option_left_out));
    EXPECT_LE(offer.octets, 548U);
}

TEST(Rfc4578, TheArchitectureChoosesTheBootFileAnd7And9AreBothX64)
{
    Conversation talk{boots()};
    const auto file = [&](std::uint32_t client, int type) { return talk.client(client).discover(firmware(type)).message->file; };
    EXPECT_EQ(file(1, 0), "lpxelinux.0");
    EXPECT_EQ(file(2, 7), "x64.efi");
    EXPECT_EQ(file(3, 9), "x64.efi");
    EXPECT_EQ(file(4, 11), "arm64.efi");
}

TEST(Rfc4578, TheMachineIdentifierComesBack)
{
    Conversation talk{boots()};
    auto a = talk.client(1);
    const Answer offer = a.discover(firmware(7));
    EXPECT_EQ(offer.message->options.find(97)->size(), 17U);
    EXPECT_TRUE(a.select(offer.yiaddr(), firmware(7)).message->options.has(97));
    EXPECT_THAT(talk.client(2).discover().option_codes(), Not(Contains(97)));
}

TEST(Pxe, TheServerAnswersInItsOwnNameWhereItBootsSomething)
{
    Conversation talk{boots()};
    EXPECT_EQ(talk.client(1).discover(firmware(7)).message->options.text(60), "PXEClient");
    EXPECT_EQ(talk.client(1).discover(firmware(7, {1})).message->options.text(60), "PXEClient") << "whatever is asked for";
    EXPECT_THAT(talk.client(2).discover([](wire::Message& m) { m.options.set_text(60, "MSFT 5.0"); }).option_codes(),
                Not(Contains(60)));
    Conversation plain;
    EXPECT_THAT(plain.client(1).discover(firmware(7)).option_codes(), Not(Contains(60))) << "nothing to boot here";
}

TEST(Uefi, HttpBootIsAnsweredInItsName)
{
    Conversation talk{boots()};
    const Answer offer =
        talk.client(1).discover([](wire::Message& m) { m.options.set_text(60, "HTTPClient:Arch:00016:UNDI:003001"); });
    EXPECT_EQ(offer.message->options.text(60), "HTTPClient");
}

TEST(Pxe, Option43IsEncapsulatedAsConfigured)
{
    Config config = boots();
    const auto data = octets({6, 1, 8, 9, 5, 0x80, 0, 1, 'a', 'b', 255});
    config.classes[0].options.extra = {{option::vendor_specific, data}};
    Conversation talk{config};
    EXPECT_THAT(*talk.client(1).discover(firmware(7)).message->options.find(43), ElementsAreArray(data));
    EXPECT_THAT(talk.client(2).discover(firmware(0)).option_codes(), Not(Contains(43)));
}

TEST(Rfc5071, PxelinuxOptionsToAClientThatAsksForThem)
{
    Config config = boots();
    config.options.extra = {
        {208, octets({0xf1, 0, 0x74, 0x7e})}, {209, octets("pxe.conf")}, {210, octets("/boot/")}, {211, octets({0, 0, 0, 60})}};
    Conversation talk{config};
    const Answer offer = talk.client(1).discover(firmware(0, {208, 209, 210, 211}));
    EXPECT_EQ(offer.message->options.text(209), "pxe.conf");
    EXPECT_EQ(offer.message->options.text(210), "/boot/");
    EXPECT_EQ(offer.message->options.u32(211), 60U);
    EXPECT_EQ(offer.message->options.find(208)->size(), 4U);
    EXPECT_THAT(talk.client(2).discover(firmware(0)).option_codes(), Not(Contains(209)));
}

TEST(Rfc5859, Option150IsAListOfAddressesWhere66IsAName)
{
    Config config = boots();
    config.options.extra = {{150, octets({192, 168, 1, 3, 192, 168, 1, 4})}};
    Conversation talk{config};
    const Answer offer = talk.client(1).discover(firmware(0, {66, 150}));
    EXPECT_EQ(offer.message->options.find(150)->size(), 8U);
    EXPECT_EQ(offer.message->options.text(66), "tftp.lab");
}

} // namespace
} // namespace dorascope::server
