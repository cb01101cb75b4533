using System.Text.Json;

namespace Dragoman.Protocols.Tests.CodeWhisperer;

/// <summary>What the service refuses of any body (wire note, B.3, B.4 and B.7), checked over every body that a test writes.</summary>
internal static class CodeWhispererRules
{
    private static readonly string[] Dirty = ["additionalProperties", "$schema", "$ref", "$defs"];

    public static void Check(JsonElement body)
    {
        body.GetRawText().ShouldNotContain("\"toolUses\":[]");
        body.State().TryGetProperty("profileArn", out _).ShouldBeFalse();
        body.State().GetProperty("chatTriggerType").GetString().ShouldBe("MANUAL");
        Guid.TryParse(body.State().GetProperty("conversationId").GetString(), out _).ShouldBeTrue();
        var current = body.Current();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (current.TryGetProperty("userInputMessageContext", out var context) && context.TryGetProperty("tools", out var tools))
        {
            foreach (var tool in tools.EnumerateArray()) CheckTool(tool.GetProperty("toolSpecification"), names);
        }

        HashSet<string> open = [];
        var user = true;
        foreach (var message in body.History())
        {
            if (user) CheckUser(message.GetProperty("userInputMessage"), open);
            else open = CheckAssistant(message.GetProperty("assistantResponseMessage"), names);
            user = !user;
        }

        user.ShouldBeTrue("the history has to end with the assistant's words");
        CheckUser(current, open);
    }

    private static void CheckTool(JsonElement tool, HashSet<string> names)
    {
        var name = tool.GetProperty("name").GetString()!;
        name.Length.ShouldBeInRange(1, 64);
        name.ShouldAllBe(static c => char.IsAsciiLetterOrDigit(c) || c == '_' || c == '-');
        names.Add(name).ShouldBeTrue(name);
        System.Text.Encoding.UTF8.GetByteCount(tool.GetProperty("description").GetString()!).ShouldBeInRange(1, 10_240);
        var schema = tool.GetProperty("inputSchema").GetProperty("json");
        schema.GetProperty("type").GetString().ShouldBe("object");
        schema.GetProperty("properties").ValueKind.ShouldBe(JsonValueKind.Object);
        foreach (var word in Dirty) schema.GetRawText().ShouldNotContain($"\"{word}\":");
    }

    private static void CheckUser(JsonElement message, HashSet<string> open)
    {
        message.GetProperty("content").GetString().ShouldNotBeNullOrWhiteSpace();
        message.GetProperty("modelId").GetString().ShouldNotBeNullOrEmpty();
        message.GetProperty("origin").GetString().ShouldBe("AI_EDITOR");
        List<string> results = [];
        if (message.TryGetProperty("userInputMessageContext", out var context) && context.TryGetProperty("toolResults", out var list))
        {
            list.GetArrayLength().ShouldBeGreaterThan(0);
            foreach (var result in list.EnumerateArray())
            {
                results.Add(result.GetProperty("toolUseId").GetString()!);
                result.GetProperty("status").GetString().ShouldBeOneOf("success", "error");
                result.GetProperty("content").GetArrayLength().ShouldBeGreaterThan(0);
            }
        }

        results.Order().ShouldBe(open.Order());
    }

    private static HashSet<string> CheckAssistant(JsonElement message, HashSet<string> names)
    {
        message.GetProperty("content").GetString().ShouldNotBeNullOrEmpty();
        HashSet<string> calls = [];
        if (!message.TryGetProperty("toolUses", out var uses)) return calls;
        foreach (var use in uses.EnumerateArray())
        {
            calls.Add(use.GetProperty("toolUseId").GetString()!).ShouldBeTrue();
            names.ShouldContain(use.GetProperty("name").GetString()!);
            use.GetProperty("input").ValueKind.ShouldBe(JsonValueKind.Object);
        }

        return calls;
    }
}
