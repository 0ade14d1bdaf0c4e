// SPDX-License-Identifier: GPL-3.0-or-later
// Capture files octet by octet, as the formats' specifications draw them, and files to put them in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dorascope::source::test {

using Bytes = std::vector<unsigned char>;

enum class Order { little, big };

/// A classic pcap file (draft-ietf-opsawg-pcap).
class PcapFile {
public:
    static constexpr std::uint32_t kMicro = 0xa1b2c3d4, kNano = 0xa1b23c4d;
    explicit PcapFile(std::uint32_t magic = kMicro, std::uint32_t link = 1, Order order = Order::little);
    PcapFile& packet(std::uint32_t seconds, std::uint32_t fraction, const Bytes& bytes, std::uint32_t original = 0);
    const Bytes& bytes() const { return bytes_; }

private:
    void u32(std::uint32_t v);
    void u16(std::uint16_t v);
    Order order_;
    Bytes bytes_;
};

/// A pcapng file (draft-ietf-opsawg-pcapng), little-endian.
class PcapngFile {
public:
    PcapngFile();
    PcapngFile& interface(std::uint16_t link, std::uint8_t resolution = 6, std::uint32_t snap = 262144);
    PcapngFile& packet(std::uint32_t interface, std::uint64_t time, const Bytes& bytes);
    const Bytes& bytes() const { return bytes_; }

private:
    void block(std::uint32_t type, Bytes body);
    Bytes bytes_;
};

/// A folder of its own, removed with everything in it.
class Folder {
public:
    Folder();
    ~Folder();
    std::filesystem::path put(const std::string& name, const Bytes& bytes) const;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace dorascope::source::test
