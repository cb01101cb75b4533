using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Conformance.ClientDrivers;

namespace Dragoman.Server.Tests.Conformance;

/// <content>Prompt caches: what an agent said before stands byte for byte in front of what it says next.</content>
public abstract partial class UpstreamConformance
{
    private const string Mark = ",\"cache_control\":{\"type\":\"ephemeral\"}";
    private const string Attribution = "x-anthropic-billing-header: cc_version=2.0.14.a1b; cc_entrypoint=cli; cch=";

    [Theory]
    [InlineData("messages", false)]
    [InlineData("messages", true)]
    [InlineData("responses", true)]
    [InlineData("gemini", true)]
    [InlineData("chat", true)]
    [InlineData("converse", true)]
    [InlineData("invoke", true)]
    public async Task An_agents_turns_keep_a_byte_identical_prefix(string client, bool stream)
    {
        var ask = Ask.Of("call:Read {\"file\":\"a.cs\"}\nthen\ncall:Bash {\"command\":\"ls -la\"}\nthen\ncall:Read {\"file\":\"b.cs\"}") with
        {
            Tools =
            [
                new("Read", Json.Object("""{"type":"object","properties":{"file":{"type":"string","description":"A <path> & more"}},"required":["file"]}""")),
                new("Bash", Json.Object("""{"type":"object","properties":{"command":{"type":"string"},"timeout":{"type":"number"}},"required":["command"]}""")),
            ],
            System = "You are an agent. Ünïcode, \"quotes\" and\nline ends.",
            Model = "r",
        };
        var bodies = new List<string>();
        for (var turn = 0; turn < 4; turn++)
        {
            var (result, requests) = await SeeAsync(client, ask with { Extra = SystemOf(client, turn) }, stream);
            result.Error.ShouldBeNull(result.Raw);
            bodies.Add(House.BodyOf(requests.ShouldHaveSingleItem().Text));
            ask = result.Calls.Count > 0
                ? ask.Then(new ModelTurn(result), new ResultsTurn([.. result.Calls.Select(call => new ToolResult(call, $"result of turn {turn}: ü \"x\"\n"))]))
                : ask.Then(new ModelTurn(result), Turn.User("say:More."));
        }

        for (var turn = 1; turn < bodies.Count; turn++) SharedPrompt(bodies[turn - 1], bodies[turn], client);
        // Only Anthropic itself gets the line; relayed bodies of other houses are without it.
        if (client is "messages" or "invoke") bodies.ShouldAllBe(body => body.Contains("billing-header") == House.IsVendor);
        if (client is "messages" or "invoke" or "converse" && House.Name is "bedrock-converse") bodies.ShouldAllBe(body => body.Contains("cachePoint"));
        if (client is "messages" or "invoke" or "converse" && House.Name is "bedrock-anthropic") bodies.ShouldAllBe(body => body.Contains("cache_control"));
        if (client == "responses" && House.Name == "chat") bodies.ShouldAllBe(body => body.Contains("\"prompt_cache_key\":\"session-1\""));
    }

    /// <summary>What the agents of a language send beside the conversation: Claude Code's attribution differs in every request.</summary>
    private static JsonObject? SystemOf(string client, int turn) => client switch
    {
        "messages" or "invoke" => new JsonObject
        {
            ["system"] = new JsonArray(
                new JsonObject { ["type"] = "text", ["text"] = $"{Attribution}{turn:x5};" },
                new JsonObject { ["type"] = "text", ["text"] = "You are Claude Code.", ["cache_control"] = new JsonObject { ["type"] = "ephemeral" } },
                new JsonObject { ["type"] = "text", ["text"] = "Long rules.\nÜ.", ["cache_control"] = new JsonObject { ["type"] = "ephemeral" } }),
            ["metadata"] = new JsonObject { ["user_id"] = "user_1_session_2" },
        },
        "converse" => new JsonObject { ["system"] = new JsonArray(new JsonObject { ["text"] = "Long rules.\nÜ." }, new JsonObject { ["cachePoint"] = new JsonObject { ["type"] = "default" } }) },
        "responses" or "chat" => new JsonObject { ["prompt_cache_key"] = "session-1" },
        _ => null,
    };

    private static string? WithoutAttribution(string? system)
        => system is null || system.IndexOf(Attribution, StringComparison.Ordinal) is not (>= 0 and var at) ? system : system.Remove(at, Attribution.Length + 6);

    /// <summary>System and tools are the same bytes, and the later list of turns begins with the bytes of the earlier one.</summary>
    private void SharedPrompt(string earlier, string later, string client)
    {
        foreach (var member in (string[])["tools", "system", "systemInstruction", "instructions", "toolConfig"])
        {
            // The vendor knows its program's line, which differs in every request, and keeps it out of what it caches.
            if (member == "system" && client is "messages" or "invoke" && House.IsVendor) WithoutAttribution(Raw(later, member)).ShouldBe(WithoutAttribution(Raw(earlier, member)), member);
            else Raw(later, member).ShouldBe(Raw(earlier, member), member);
        }

        var turns = (string[])["messages", "input", "contents", "history"];
        var before = turns.Select(name => Raw(earlier, name)).First(text => text is not null)!;
        var after = turns.Select(name => Raw(later, name)).First(text => text is not null)!;
        if (client is not ("messages" or "invoke" or "converse") && House.Name is "messages" or "bedrock-anthropic")
        {
            // The gateway marks the ends of the two newest turns of the user, and the marks move on with them: they are no part of what is cached.
            before.Split(Mark).Length.ShouldBeInRange(2, 3);
            after.Split(Mark).Length.ShouldBe(3);
            (before, after) = (before.Replace(Mark, "", StringComparison.Ordinal), after.Replace(Mark, "", StringComparison.Ordinal));
        }

        after[..(before.Length - 1)].ShouldBe(before[..^1]);
        after.Length.ShouldBeGreaterThan(before.Length);
    }

    private static string? Raw(string body, string member)
    {
        using var document = System.Text.Json.JsonDocument.Parse(Encoding.UTF8.GetBytes(body));
        var root = document.RootElement;
        if (root.TryGetProperty("conversationState", out var state)) root = state;
        return root.TryGetProperty(member, out var value) ? value.GetRawText() : null;
    }
}
