using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Cli;

/// <summary><c>dragoman accounts</c> and <c>dragoman limits</c> against a running gateway.</summary>
public sealed class AccountsCommandTests
{
    [Fact]
    public async Task An_accounts_life_on_the_command_line()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var url = rig.Gateway.Address.ToString();
        var address = rig.Upstream.Address.ToString().TrimEnd('/');
        var key = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(key, "file-secret-123456\n");
            async Task<(int Code, string Out, string Error)> Run(params string[] arguments)
            {
                var result = await Program.RunAsync([.. arguments, "--url", url]);
                (result.Out + result.Error).ShouldNotContain("file-secret");
                return result;
            }

            var added = await Run("accounts", "add", "openai", "--label", "extra", "--base-url", address + "/v1", "--model", "small=extra-1", "--tag", "spare", "--key-file", key, "--verify");
            added.Code.ShouldBe(0, added.Error);
            (await Run("accounts", "list", "--tag", "spare")).Out.ShouldContain("extra");
            (await Run("accounts", "set", "extra", "--priority", "4", "--set", "prefix=lab", "--concurrency", "2")).Code.ShouldBe(0);
            var shown = JsonNode.Parse((await Run("accounts", "show", "extra", "--json")).Out)!;
            (shown["priority"]!.GetValue<int>(), shown["prefix"]!.GetValue<string>(), shown["concurrency"]!.GetValue<int>()).ShouldBe((4, "lab", 2));
            var tested = await Run("accounts", "test", "extra");
            (tested.Code, tested.Out[..2]).ShouldBe((0, "ok"));
            (await Run("accounts", "disable", "extra")).Code.ShouldBe(0);
            (await Run("accounts", "test", "extra")).Code.ShouldBe(1);
            (await Run("accounts", "enable", "extra")).Code.ShouldBe(0);
            (await Run("accounts", "reset", "extra")).Code.ShouldBe(0);
            (await Run("limits", "--json")).Out.ShouldContain("\"limits\"");
            var refused = await Run("accounts", "set", "claude", "--priority", "1");
            (refused.Code, refused.Error.Contains("configuration file", StringComparison.Ordinal)).ShouldBe((1, true));
            (await Run("accounts", "remove", "extra")).Code.ShouldBe(0);
            (await Run("accounts", "show", "extra")).Code.ShouldBe(1);
            (await Run("accounts", "add")).Code.ShouldBe(2);
            var loud = await Program.RunAsync("accounts", "add", "claude", "--label", "loud", "--base-url", address, "--key", "argv-secret-9", "--url", url);
            (loud.Code, loud.Error.Contains("history", StringComparison.Ordinal)).ShouldBe((0, true));
            (loud.Out + loud.Error).ShouldNotContain("argv-secret");
        }
        finally
        {
            File.Delete(key);
        }
    }
}
