// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/child_process.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <initializer_list>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace dorascope::test {
namespace {

constexpr std::chrono::milliseconds kLook{10};

struct FileActions {
    posix_spawn_file_actions_t actions;
    FileActions() { posix_spawn_file_actions_init(&actions); }
    ~FileActions() { posix_spawn_file_actions_destroy(&actions); }
    void open(int fd, const std::filesystem::path& file, int flags)
    {
        posix_spawn_file_actions_addopen(&actions, fd, file.c_str(), flags, 0600);
    }
};

/// A test runner's signal habits are not the program's.
struct DefaultSignals {
    posix_spawnattr_t attributes;
    DefaultSignals()
    {
        posix_spawnattr_init(&attributes);
        sigset_t none, reset;
        sigemptyset(&none);
        sigemptyset(&reset);
        for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP})
            sigaddset(&reset, number);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &reset);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~DefaultSignals() { posix_spawnattr_destroy(&attributes); }
};

} // namespace

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds deadline)
{
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(kLook);
    }
    return true;
}

TemporaryFolder::TemporaryFolder()
{
    auto name = (std::filesystem::temp_directory_path() / "dorascope-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::system_error{errno, std::generic_category(), name};
    path_ = name;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string contents(const std::filesystem::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

void write_file(const std::filesystem::path& file, const std::string& text)
{
    std::ofstream stream{file, std::ios::binary};
    stream << text;
    if (!stream.flush()) throw std::runtime_error{"cannot write " + file.string()};
}

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

ChildProcess::ChildProcess(std::vector<std::string> argv, const std::filesystem::path& input)
{
    std::vector<char*> words;
    for (auto& word : argv)
        words.push_back(word.data());
    words.push_back(nullptr);
    FileActions files;
    files.open(STDIN_FILENO, input, O_RDONLY);
    files.open(STDOUT_FILENO, folder_ / "out", O_WRONLY | O_CREAT | O_APPEND);
    files.open(STDERR_FILENO, folder_ / "err", O_WRONLY | O_CREAT | O_APPEND);
    const DefaultSignals signals;
    const int error = ::posix_spawnp(&pid_, words[0], &files.actions, &signals.attributes, words.data(), environ);
    if (error != 0) throw std::system_error{error, std::generic_category(), argv[0]};
}

ChildProcess::~ChildProcess()
{
    if (ended_) return;
    ::kill(pid_, SIGKILL);
    reap(0);
}

void ChildProcess::reap(int options)
{
    int status = 0;
    if (ended_ || ::waitpid(pid_, &status, options) != pid_) return;
    ended_ = true;
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool ChildProcess::running()
{
    reap(WNOHANG);
    return !ended_;
}

void ChildProcess::send(int signal)
{
    if (running()) ::kill(pid_, signal);
}

std::string ChildProcess::out() const { return contents(folder_ / "out"); }
std::string ChildProcess::err() const { return contents(folder_ / "err"); }

Finished ChildProcess::wait(std::chrono::milliseconds deadline)
{
    eventually([this] { return !running(); }, deadline);
    return {ended_ ? status_ : -1, out(), err()};
}

Finished ChildProcess::stop(int signal)
{
    send(signal);
    return wait();
}

Finished run_program(std::vector<std::string> argv, const std::filesystem::path& input)
{
    return ChildProcess{std::move(argv), input}.wait();
}

} // namespace dorascope::test
