// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

namespace thv::log {

namespace {

std::unique_ptr<spdlog::logger>& logger() {
    static std::unique_ptr<spdlog::logger> instance;
    return instance;
}

spdlog::level::level_enum spd(Level level) {
    switch (level) {
    case Level::debug:
        return spdlog::level::debug;
    case Level::info:
        return spdlog::level::info;
    case Level::warn:
        return spdlog::level::warn;
    case Level::error:
        return spdlog::level::err;
    }
    return spdlog::level::info;
}

} // namespace

void start(Level level) {
    logger() = std::make_unique<spdlog::logger>("thv", std::make_shared<spdlog::sinks::stderr_sink_st>());
    logger()->set_level(spd(level));
    logger()->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    logger()->flush_on(spdlog::level::debug);
}

void write(Level level, std::string_view text) {
    if (logger()) logger()->log(spd(level), spdlog::string_view_t{text.data(), text.size()});
}

} // namespace thv::log
