using System.Text.Json.Nodes;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Management.Accounts;
using Dragoman.Management.Models;
using Dragoman.Management.Settings;
using Dragoman.Providers.Kilo;
using Dragoman.Providers.OpenRouter;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary><c>/settings</c>: the model of the haiku marketplace, and whether accounts take turns (wire notes codex-and-antigravity §A.7). Kept in the store.</summary>
internal sealed class CodexSettings
{
    /// <summary>The providers that the haiku marketplace goes to, the preferred one first.</summary>
    public static readonly IReadOnlyList<string> Marketplaces = [KiloModule.Id, OpenRouterModule.Id];

    private const string HaikuKey = "haiku-model";
    private const string DefaultHaiku = "minimax/minimax-m2.5:free";

    private static readonly string Name = Surface.Codex.ToString().ToLowerInvariant();

    /// <summary>The short names of the published examples.</summary>
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["minimax-2.5"] = DefaultHaiku, ["minimax-m2.5"] = DefaultHaiku, ["kimi-k2.5"] = "moonshotai/kimi-k2.5:free",
    };

    /// <summary>What is offered where the marketplace cannot be asked.</summary>
    private static readonly IReadOnlyList<OfferedModel> Usual = [new(DefaultHaiku, "MiniMax M2.5", 204_800, true, true), new("kilo-auto/free", "Kilo Auto Free", 204_800, true, true)];

    private readonly SurfaceState _state;
    private readonly PreferredAccounts _preferred;
    private readonly OfferedModels _offers;
    private readonly TimeProvider _time;
    private volatile string _haiku = DefaultHaiku;
    private long _readAt;

    public CodexSettings(SurfaceState state, PreferredAccounts preferred, OfferedModels offers, TimeProvider time)
    {
        (_state, _preferred, _offers, _time) = (state, preferred, offers, time);
        _ = RefreshAsync();
    }

    /// <summary>The id of the haiku marketplace's model at the marketplace; as the store had it a moment ago.</summary>
    public string HaikuTarget
    {
        get
        {
            // Another node may have changed it.
            if (_time.GetElapsedTime(Volatile.Read(ref _readAt)) > TimeSpan.FromSeconds(5)) _ = RefreshAsync();
            return Aliases.GetValueOrDefault(_haiku, _haiku);
        }
    }

    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/settings/haiku-model", "The model that answers for haiku models.", async call => Haiku(await ReadHaikuAsync(call.CancellationToken)));
        routes.Post("/settings/haiku-model", "Sets the model that answers for haiku models.", SetHaikuAsync);
        routes.Get("/settings/kilo-models", "The free models of the marketplace that answers for haiku models.", ListAsync);
        routes.Get("/settings/account-strategy", "Whether the active account is used first (sticky), or all take turns (round-robin).", async call => Strategy(await _preferred.TakesTurnsAsync(CodexDirectory.Provider, call.CancellationToken)));
        routes.Post("/settings/account-strategy", "Sets the strategy.", SetStrategyAsync);
    }

    private async Task<SurfaceAnswer> SetHaikuAsync(SurfaceCall call)
    {
        if ((await call.BodyAsync()).Text("haikuKiloModel") is not { Length: > 0 and <= 200 } model) return CodexSurface.Failed(400, "haikuKiloModel is required and must be a string");
        if (await ObjectionAsync(model, call.CancellationToken) is { } objection) return CodexSurface.Failed(400, objection);
        await _state.SetAsync(Name, HaikuKey, model, call.CancellationToken);
        _haiku = model;
        return Haiku(model);
    }

    /// <summary>What stands against a model; null for nothing. Where the marketplace cannot be asked, whatever looks like an id of it is taken.</summary>
    private async Task<string?> ObjectionAsync(string model, CancellationToken cancellationToken)
    {
        if (Aliases.ContainsKey(model)) return null;
        var offered = await FreeAsync(cancellationToken);
        if (offered is null && model.Contains('/', StringComparison.Ordinal)) return null;
        var known = offered ?? Usual;
        return known.Any(one => one.Id == model) ? null : $"Invalid haikuKiloModel: Model \"{model}\" is not a free model. Available: {string.Join(", ", known.Select(one => one.Id))}";
    }

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call) => SurfaceAnswer.Json(new JsonObject
    {
        ["success"] = true,
        ["models"] = new JsonArray([.. (await FreeAsync(call.CancellationToken) ?? Usual).Select(static model => (JsonNode)new JsonObject { ["id"] = model.Id, ["name"] = model.Name, ["context_length"] = model.ContextLength, ["supportsTools"] = model.CallsTools })]),
        ["current"] = await ReadHaikuAsync(call.CancellationToken),
    });

    private async Task<IReadOnlyList<OfferedModel>?> FreeAsync(CancellationToken cancellationToken)
        => (await _offers.ListAsync(Marketplaces, cancellationToken))?.Where(static model => model.IsFree && !model.Id.Contains("deprecated", StringComparison.Ordinal) && model.Id != "kilo/auto-free").ToList();

    private async Task<SurfaceAnswer> SetStrategyAsync(SurfaceCall call)
    {
        bool? takesTurns = (await call.BodyAsync()).Text("accountStrategy") switch { "sticky" => false, "round-robin" => true, _ => null };
        if (takesTurns is not { } turns) return CodexSurface.Failed(400, "Invalid accountStrategy. Use one of: sticky, round-robin");
        return await _preferred.SetTurnsAsync(CodexDirectory.Provider, turns, call.Actor, call.CancellationToken) is { } error ? CodexSurface.Failed(500, error.Text) : Strategy(turns);
    }

    private async Task<string> ReadHaikuAsync(CancellationToken cancellationToken)
    {
        var stored = await _state.GetAsync(Name, HaikuKey, cancellationToken) is JsonValue value && value.TryGetValue(out string? text) ? text : DefaultHaiku;
        _haiku = stored;
        return stored;
    }

    private async Task RefreshAsync()
    {
        Volatile.Write(ref _readAt, _time.GetTimestamp());
        try
        {
            await ReadHaikuAsync(CancellationToken.None);
        }
        catch (StoreException)
        {
            // What was known stays.
        }
    }

    private static SurfaceAnswer Haiku(string model) => SurfaceAnswer.Json(new JsonObject { ["success"] = true, ["haikuKiloModel"] = model });

    private static SurfaceAnswer Strategy(bool takesTurns) => SurfaceAnswer.Json(new JsonObject { ["success"] = true, ["accountStrategy"] = takesTurns ? "round-robin" : "sticky" });
}
