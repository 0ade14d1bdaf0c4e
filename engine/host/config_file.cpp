// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_file.h"

#include "engine/host/privileged.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dorascope::host {

std::string to_string(const std::filesystem::path& file, const FileError& error)
{
    std::string text = file.string();
    if (error.line > 0) text += ":" + std::to_string(error.line);
    text += ": ";
    if (!error.key.empty()) text += error.key + ": ";
    text += error.problem;
    if (!error.suggestion.empty()) text += " (" + error.suggestion + ")";
    return text;
}

tl::expected<std::string, std::vector<FileError>> read_config(const std::filesystem::path& file)
{
    const auto fail = [](std::string problem, std::string suggestion) {
        return tl::unexpected{std::vector<FileError>{{0, "", std::move(problem), std::move(suggestion)}}};
    };
    const auto unreadable = [&] { return fail(std::string{"cannot be read: "} + std::strerror(errno), "is the name right?"); };
    // A FIFO keeps whoever opens it waiting for a writer: a running server would hear no order any more, nor that it shall end.
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    struct stat about { };
    if (!in || ::fstat(in.get(), &about) != 0) return unreadable();
    if (!S_ISREG(about.st_mode)) return fail("is not an ordinary file", "write it to one first");
    std::string text(kLargestConfigFile + 1, '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
        const ssize_t got = ::read(in.get(), text.data() + filled, text.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unreadable();
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    if (filled > kLargestConfigFile) return fail("is larger than 16 MiB", "is it a configuration?");
    text.resize(filled);
    return text;
}

tl::expected<server::Config, std::vector<FileError>> load_config(const std::filesystem::path& file)
{
    const auto text = read_config(file);
    if (!text) return tl::unexpected{text.error()};
    return parse_config(*text);
}

std::vector<std::string> warning_texts(const server::Config& config, std::span<const Ipv4Address> own)
{
    std::vector<std::string> texts;
    for (const auto& [key, problem, suggestion] : server::warnings(config, own)) {
        const std::string where = key.empty() ? "" : key + ": ";
        texts.push_back(where + problem + (suggestion.empty() ? "" : " (" + suggestion + ")"));
    }
    return texts;
}

std::vector<std::string> warning_lines(const server::Config& config, std::span<const Ipv4Address> own)
{
    auto lines = warning_texts(config, own);
    for (auto& line : lines)
        line.insert(0, "Warning: ");
    return lines;
}

} // namespace dorascope::host
