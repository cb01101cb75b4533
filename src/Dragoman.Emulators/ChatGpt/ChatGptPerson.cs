using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.ChatGpt;

/// <summary>
/// Somebody with a ChatGPT plan. The name says what there is to know: <c>eu-…</c> has to stay in the region eu, <c>free-…</c> has the free plan, and <c>bare-…</c> has tokens that name no account. A workspace is another account of the same person.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Workspace">The workspace; null for the person's own.</param>
internal sealed record ChatGptPerson(string Name, string? Workspace)
{
    public string UserId => $"user-{Name}";

    public string? AccountId => Name.StartsWith("bare-", StringComparison.Ordinal) ? null : $"acct-{Workspace ?? Name}";

    public string Plan => Workspace is not null ? "team" : Name.StartsWith("free-", StringComparison.Ordinal) ? "free" : "plus";

    public string? Residency => Name.StartsWith("eu-", StringComparison.Ordinal) ? "eu" : null;

    /// <summary>A token of the person: a JWT without a signature, as nobody but the emulator reads it.</summary>
    public string Token(string kind, int number, DateTimeOffset end)
    {
        var auth = new JsonObject { ["chatgpt_user_id"] = UserId, ["chatgpt_plan_type"] = Plan, ["organizations"] = new JsonArray(new JsonObject { ["id"] = "org-1", ["title"] = Workspace ?? "Personal", ["is_default"] = true, ["role"] = "owner" }) };
        if (AccountId is not null) auth["chatgpt_account_id"] = AccountId;
        if (Residency is not null) auth["chatgpt_data_residency"] = Residency;
        var payload = new JsonObject
        {
            ["sub"] = $"auth0|{Name}", ["jti"] = $"{kind}-{number}", ["exp"] = end.ToUnixTimeSeconds(), ["https://api.openai.com/auth"] = auth, ["https://api.openai.com/profile"] = new JsonObject { ["email"] = $"{Name}@example.com" },
        };
        if (kind == "id") payload["email"] = $"{Name}@example.com";
        return $"{Part("""{"alg":"none","typ":"JWT"}"""u8)}.{Part(JsonExtensions.Bytes(payload))}.{Part(Encoding.ASCII.GetBytes($"emulated-{kind}-{number}"))}";
    }

    private static string Part(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
