using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Cli;
using CliProgram = Dragoman.Server.Tests.Cli.Program;

namespace Dragoman.Server.Tests.ClientKeys;

/// <summary><c>dragoman keys</c> and <c>dragoman usage</c>, as they are typed.</summary>
public sealed class KeyCommandTests
{
    [Fact]
    public async Task A_key_is_made_shown_changed_rotated_used_and_ended_from_the_command_line()
    {
        await using var rig = await KeyFixture.StartAsync();
        var url = rig.Gateway.Address.ToString();
        (await RunAsync("keys", "list")).ShouldContain("No keys");
        var made = await RunAsync("keys", "create", "laptop", "--model", "m", "--model", "claude-*", "--rpm", "60", "--tpm", "100,000", "--concurrency", "4", "--budget", "100usd/day@Europe/Berlin", "--budget", "500000tokens/month", "--expires", "30d", "--note", "of Ann", "--tag", "team");
        var key = made.Split('\n')[0];
        key.ShouldStartWith("dgm_");
        (await rig.StatusAsync(key)).ShouldBe(200);
        await BudgetTests.SettledAsync(rig, key.Split('_')[1], null);

        var list = await RunAsync("keys", "list");
        foreach (var word in (string[])["laptop", "store", "active", "60 rpm"]) list.ShouldContain(word);
        list.ShouldNotContain(key);
        var show = await RunAsync("keys", "show", "LAPTOP");
        show.ShouldContain("models m, claude-*");
        show.ShouldContain("of 500,000 tokens left");
        show.ShouldContain("59 of 60 a minute left");
        show.ShouldContain("$99.98 of $100 left ($0.02 spent, $0 reserved");
        (await RunAsync("keys", "set", key, "--rpm", "none", "--model", "none", "--name", "desk")).ShouldContain("'desk'");
        var view = JsonNode.Parse(await RunAsync("keys", "show", "desk", "--json"))!["key"]!;
        view.AsObject().ContainsKey("requests_per_minute").ShouldBeFalse();
        view["models"]!.AsArray().ShouldBeEmpty();
        view["concurrency"]!.GetValue<int>().ShouldBe(4);

        var rotated = await RunAsync("keys", "rotate", "desk", "--grace", "24h");
        rotated.ShouldContain("The old key is taken until");
        (await rig.StatusAsync(key)).ShouldBe(200);
        (await rig.StatusAsync(rotated.Split('\n')[0])).ShouldBe(200);
        (await RunAsync("keys", "revoke", "desk")).ShouldContain("revoked");
        (await rig.StatusAsync(key)).ShouldBe(401);

        var usage = await RunAsync("usage", "--by", "key,model", "--from", "24h");
        foreach (var word in (string[])["KEY", "MODEL", "desk", "$0.06"]) usage.ShouldContain(word);
        JsonNode.Parse(await RunAsync("usage", "--json", "--step", "day"))!["total"]!["requests"]!.GetValue<long>().ShouldBe(3);
        (await RunAsync("usage", "--export", "jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3);
        (await RunAsync("keys", "remove", "desk", "--json")).ShouldContain("\"removed\":true");

        foreach (var wrong in (string[][])[["keys", "show", "nobody"], ["keys", "create", "x", "--budget", "lots"], ["keys", "create", "x", "--rpm", "many"], ["keys", "create", "x", "--expires", "soon"], ["usage", "--by", "colour"], ["usage", "--from", "then"]])
        {
            var (code, output, error) = await CliProgram.RunAsync([.. wrong, "--url", url]);
            code.ShouldBe(1, string.Join(' ', wrong));
            output.ShouldBeEmpty();
            error.Trim().Split('\n').ShouldHaveSingleItem().ShouldStartWith("dragoman: ");
        }

        async Task<string> RunAsync(params string[] words)
        {
            var (code, output, error) = await CliProgram.RunAsync([.. words, "--url", url]);
            code.ShouldBe(0, error);
            error.ShouldBeEmpty();
            return output;
        }
    }
}
