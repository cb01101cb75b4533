using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Server.Listeners;
using Dragoman.Server.Observability;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary>
/// What clients of codex-claude-proxy count on (wire notes codex-and-antigravity §A.12 to §A.17): Claude's names stand for OpenAI's models and for the haiku marketplace, <c>model</c> and <c>max_tokens</c> need not be
/// there, answers bear the name that was asked for, streams of messages end in <c>data: [DONE]</c>, and errors say what that system says.
/// </summary>
internal sealed class CodexClientRules(CodexSettings settings, Func<GatewayConfig> config, RecentLog log, TimeProvider time) : ISurfaceClientRules
{
    /// <summary>Room for an answer where the client sets no limit. ChatGPT's backend takes none; the haiku marketplace does.</summary>
    private const int DefaultMaxTokens = 8_192;

    private const string NoAccount = "No active account with valid credentials";

    /// <inheritdoc/>
    public PooledBuffer? Complete(Protocol protocol, ReadOnlySpan<byte> body)
    {
        if (protocol is not (Protocol.AnthropicMessages or Protocol.OpenAiChat)) return null;
        var (hasModel, hasLimit) = (false, protocol == Protocol.OpenAiChat);
        var scan = new TopLevelJsonScanner(body);
        var count = 0;
        while (scan.Next())
        {
            count++;
            hasModel |= scan.Name.SequenceEqual("model"u8);
            hasLimit |= scan.Name.SequenceEqual("max_tokens"u8);
        }

        if (scan.Broken || scan.TooDeep || (hasModel && hasLimit)) return null;
        string[] missing = [.. hasModel ? Array.Empty<string>() : [$"\"model\":\"{CodexModelNames.Default}\""], .. hasLimit ? Array.Empty<string>() : [$"\"max_tokens\":{DefaultMaxTokens}"]];
        return BodyMembers.Prepend(body, string.Join(',', missing), count > 0);
    }

    /// <inheritdoc/>
    public string ModelOf(string requested, IReadOnlyList<VisibleModel> models)
    {
        var target = Target(requested, models);
        log.Add(time.GetUtcNow(), LogLevel.Information, "Request", $"POST | model={target ?? CodexModelNames.TargetOf(CodexModelNames.Split(requested).Name) ?? settings.HaikuTarget} | requested={LogText.Sanitize(requested)}");
        return target ?? throw new WireException(new WireError(ErrorKind.Authentication, NoAccount) { Code = "no_account" });
    }

    /// <summary>Whether a name stands for something that is there.</summary>
    public bool IsResolved(string name, IReadOnlyList<VisibleModel> models) => Target(name, models) is { } target && (target != name || HasPlan);

    /// <inheritdoc/>
    public IReadOnlyList<string> FallbacksOf(string model, IReadOnlyList<VisibleModel> models)
    {
        // The vendor retires models that this table still names.
        if (HasPlan && model.StartsWith("gpt-", StringComparison.OrdinalIgnoreCase))
            return NewestOf(models, static _ => true) is { } newest && newest != CodexModelNames.Split(model).Name ? [newest] : [];
        return model == settings.HaikuTarget && model != FreeModel() ? [FreeModel()] : [];
    }

    /// <inheritdoc/>
    public IResponseChannel Shape(HttpContext context, Protocol protocol, IResponseChannel channel) => protocol switch
    {
        Protocol.AnthropicMessages => new DoneFrameChannel(channel, RewriteMessages),
        Protocol.OpenAiChat => new ErrorRewriteChannel(channel, RewriteChat),
        _ => channel,
    };

    /// <inheritdoc/>
    public bool? AllowsOrigin(HttpRequest request, string origin)
    {
        // §A.1: the pages of this very address, by either of its names, and those of this machine's web server.
        var port = request.HttpContext.Connection.LocalPort;
        foreach (var host in (ReadOnlySpan<string>)["localhost", "127.0.0.1"])
            if (origin == $"http://{host}" || origin == $"{request.Scheme}://{host}:{port}") return true;
        return false;
    }

    /// <inheritdoc/>
    public string AllowedMethods => "GET,POST,PUT,DELETE,OPTIONS";

    /// <summary>The model of the haiku marketplace, as the accounts of its marketplace name it; null where there is no such account.</summary>
    private string? MarketplaceModel()
    {
        var wanted = settings.HaikuTarget;
        foreach (var provider in CodexSettings.Marketplaces)
        {
            if (config().Accounts.FirstOrDefault(account => account.Enabled && account.Provider == provider) is not { } account) continue;
            if (account.Models.Count == 0) return wanted;
            return (account.Models.FirstOrDefault(model => model.Name == wanted || model.Alias == wanted) ?? account.Models[0]).Alias;
        }

        return null;
    }

    private string FreeModel() => config().Accounts.Any(account => account.Enabled && account.Provider == CodexSettings.Marketplaces[0]) ? "kilo-auto/free" : "openrouter/free";

    private bool HasPlan => config().Accounts.Any(static account => account.Enabled && account.Provider == CodexDirectory.Provider);

    private string? Target(string requested, IReadOnlyList<VisibleModel> models)
    {
        var (name, suffix) = CodexModelNames.Split(requested);
        // What is served under its own name stays what it is.
        if (IsServed(name)) return requested;
        if (CodexModelNames.TargetOf(name) is not { } target)
        {
            if (MarketplaceModel() is { } offered) return offered;
            target = NewestOf(models, static model => model.Id.Contains("mini", StringComparison.Ordinal)) ?? CodexModelNames.Default;
        }

        if (HasPlan || IsServed(target)) return target + suffix;
        // Another account may take names that nobody lists.
        return config().Accounts.Any(static account => account.Enabled && !CodexSettings.Marketplaces.Contains(account.Provider)) ? requested : null;

        bool IsServed(string id)
        {
            foreach (var model in models)
                if (model.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) return true;
            return false;
        }
    }

    /// <summary>The newest model of the plans that is listed.</summary>
    private static string? NewestOf(IReadOnlyList<VisibleModel> models, Func<VisibleModel, bool> isMeant)
        => models.Where(model => model.Servers.Any(static server => server.Provider == CodexDirectory.Provider) && isMeant(model)).MaxBy(static model => model.Facts.Created)?.Id;

    /// <summary>§A.13: a limit is told in the words that clients of that system look for, with the wait in the body too.</summary>
    private static byte[] RewriteMessages(int status, ReadOnlyMemory<byte> body, TimeSpan? retryAfter)
    {
        if (status != 429 || BodyMembers.Read(body) is not { } answer || answer["error"] is not JsonObject error || error.Text("message") is not { } message) return body.ToArray();
        if (!message.StartsWith("RESOURCE_EXHAUSTED", StringComparison.Ordinal)) error["message"] = $"RESOURCE_EXHAUSTED: {message}";
        if (retryAfter is { } wait)
        {
            error["resetMs"] = (long)wait.TotalMilliseconds;
            error["resetSeconds"] = (long)Math.Ceiling(wait.TotalSeconds);
        }

        return JsonSerializer.SerializeToUtf8Bytes(answer, SurfaceAnswer.Plain);
    }

    /// <summary>That system answers a missing account in Anthropic's shape here too; both shapes in one satisfy everybody.</summary>
    private static (int Status, byte[] Body) RewriteChat(int status, ReadOnlyMemory<byte> body)
    {
        if (status != 401 || BodyMembers.Read(body) is not { } answer || answer["error"] is not JsonObject error) return (status, body.ToArray());
        answer["type"] = "error";
        error["type"] = "authentication_error";
        return (status, JsonSerializer.SerializeToUtf8Bytes(answer, SurfaceAnswer.Plain));
    }
}
