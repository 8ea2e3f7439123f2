#include "daemon/cli/command_line.hpp"

int main(int argc, char** argv) {
    return tidewaiter::cli::run_command_line(argc, argv);
}
