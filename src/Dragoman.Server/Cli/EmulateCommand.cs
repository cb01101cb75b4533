using System.CommandLine;

namespace Dragoman.Server.Cli;

/// <summary><c>dragoman emulate</c>: runs the emulated upstreams alone.</summary>
internal static class EmulateCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port", "-p") { Description = "The port (0: any free one).", DefaultValueFactory = _ => 8399 };
        return new Command("emulate", "Runs emulated upstreams (OpenAI, Anthropic, Gemini, Bedrock) to build and test against, offline.") { port };
    }
}
