// SPDX-License-Identifier: GPL-3.0-or-later
// Firmware that boots from the network, by its requests (RFC 4578: options 60, 93, 94, 97), and the boot file for its architecture.
#include "tests/e2e/programs.h"
#include "tests/e2e/raw_client.h"

#include <array>
#include <gmock/gmock.h>

namespace dorascope::test {
namespace {

using testing::ElementsAreArray;

constexpr std::uint8_t kArchitecture = 93, kNetworkInterface = 94, kMachineIdentifier = 97;
constexpr const char* kConfig = R"(
[probe]
enabled = false
[[class]]
name = "bios"
vendor_class = "PXEClient"
architecture = "bios"
next_server = "192.168.77.2"
boot_file = "pxelinux.0"
[[class]]
name = "uefi"
vendor_class = "PXEClient"
architecture = "x64_uefi"
next_server = "192.168.77.2"
boot_file = "ipxe.efi"
[[subnet]]
prefix = "192.168.77.0/24"
pool = "192.168.77.100-192.168.77.110"
router = "192.168.77.1"
)";

struct Firmware {
    const char* name;
    std::uint16_t architecture;
    const char* boot_file; ///< "" for one that no class is meant for
    friend void PrintTo(const Firmware& firmware, std::ostream* out) { *out << firmware.architecture; }
};

class Pxe : public EndToEnd, public testing::WithParamInterface<Firmware> { };

std::array<std::byte, 17> machine_identifier()
{
    std::array<std::byte, 17> id{}; // RFC 4578 §2.3: type 0, then a UUID
    for (std::size_t i = 1; i < id.size(); ++i)
        id[i] = static_cast<std::byte>(i * 15);
    return id;
}

/// RFC 4578 §2.4: what firmware asks for.
void add_pxe_options(wire::Message& message, std::uint16_t architecture)
{
    constexpr std::array<std::byte, 3> kUndi{std::byte{1}, std::byte{3}, std::byte{16}};
    constexpr std::array<std::uint8_t, 10> kAsked{1, 2, 3, 43, 54, 60, 66, 67, 97, 128};
    message.options.set_text(wire::option::vendor_class_identifier,
                             "PXEClient:Arch:" + std::to_string(architecture) + ":UNDI:003016");
    message.options.set_u16(kArchitecture, architecture);
    message.options.set(kNetworkInterface, kUndi);
    message.options.set(kMachineIdentifier, machine_identifier());
    message.options.set(wire::option::parameter_request_list, std::as_bytes(std::span{kAsked}));
    message.flags = wire::kBroadcastFlag;
}

TEST_P(Pxe, Rfc4578_2_1_TheArchitectureChoosesTheBootFile)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const Server server{router, folder_ / "state", config(kConfig)};
    const RawClient client{lan.plug("client"), {{0x02, 0, 0, 0x77, 0x30, 1}}};
    auto discover = client.discover();
    add_pxe_options(discover, GetParam().architecture);
    client.broadcast(discover);
    const auto offer = client.receive();
    ASSERT_TRUE(offer) << server.out();
    auto request = client.select(*offer);
    add_pxe_options(request, GetParam().architecture);
    client.broadcast(request);
    const auto ack = client.receive();
    ASSERT_TRUE(ack) << server.out();
    EXPECT_EQ(ack->type(), MessageType::ack);

    const std::string file = GetParam().boot_file;
    for (const auto* reply : {&*offer, &*ack}) {
        EXPECT_EQ(reply->options.text(wire::option::bootfile_name).value_or(""), file);
        EXPECT_EQ(reply->siaddr.to_string(), file.empty() ? "0.0.0.0" : "192.168.77.2");
        EXPECT_EQ(reply->options.text(wire::option::vendor_class_identifier).value_or(""), file.empty() ? "" : "PXEClient")
            << "firmware heeds a server only that says so";
        const auto echoed = reply->options.find(kMachineIdentifier);
        ASSERT_TRUE(echoed) << "RFC 4578 §2.3";
        EXPECT_THAT(*echoed, ElementsAreArray(machine_identifier()));
        EXPECT_TRUE(reply->options.has(wire::option::router));
    }
}

INSTANTIATE_TEST_SUITE_P(Firmware, Pxe,
                         testing::Values(Firmware{"Bios", 0, "pxelinux.0"}, Firmware{"X64Uefi", 7, "ipxe.efi"},
                                         Firmware{"X64UefiAsItsErratumSays", 9, "ipxe.efi"}, Firmware{"Arm64IsNobodys", 11, ""}),
                         [](const auto& row) { return std::string{row.param.name}; });

} // namespace
} // namespace dorascope::test
