using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Tests.Requests;

public sealed class ClientFamilyTests
{
    [Theory]
    [InlineData("claude-cli/2.1.220 (external, cli)", "claude-code")]
    [InlineData("codex_cli_rs/0.148.0 (Mac OS 26.5.0; arm64) iTerm", "codex")]
    [InlineData("GeminiCLI/0.22.0/gemini-3.5-flash (linux; x64)", "gemini-cli")]
    [InlineData("QwenCode/0.5.1 (linux; x64)", "qwen-code")]
    [InlineData("opencode/1.2.3 ai-sdk/provider-utils/3.0", "opencode")]
    [InlineData("OpenAI/Python 2.8.1", "openai-sdk")]
    [InlineData("AsyncAnthropic/Python 0.76.0", "anthropic-sdk")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) CherryStudio/1.6 Chrome/140", "cherry-studio")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64)", "browser")]
    [InlineData("  CURL/8.5.0", "curl")]
    [InlineData("something-of-my-own/1", "other")]
    [InlineData("", "other")]
    public void A_program_is_known_by_what_it_calls_itself(string userAgent, string family) => ClientFamily.Of(userAgent).ShouldBe(family);

    [Fact]
    public void A_long_name_is_not_searched_to_its_end() => ClientFamily.Of(new string('x', 100_000) + "Mozilla/").ShouldBe("other");
}
