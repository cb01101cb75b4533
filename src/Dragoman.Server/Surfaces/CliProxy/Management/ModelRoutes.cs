using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Management.Accounts;
using Dragoman.Management.CredentialFiles;
using Dragoman.Management.Models;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>Models of a channel and of a credential, and the end of a credential's cooldowns (wire notes cliproxyapi 1.12).</summary>
internal sealed class ModelRoutes(ProviderRegistry providers, LoginChannels channels, CredentialFileService files, ModelDirectory models, AccountAdministration accounts, AuthIndexes indexes) : ICliProxyRoutes
{
    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.Get("/model-definitions/{channel}", "Lists what is known of a channel's models.", call => Task.FromResult(Define(call.Route("channel"))));
        management.Get("/auth-files/models", "Lists the models that a credential file serves.", ListAsync);
        management.Add("POST", "/reset-quota", "Ends the cooldowns of a credential.", ResetAsync);
    }

    private SurfaceAnswer Define(string channel)
    {
        var word = channel.Trim().ToLowerInvariant();
        if (ProviderOf(word) is not { } provider) return SurfaceAnswer.Json(400, new JsonObject { ["error"] = "unknown channel", ["channel"] = channel });
        // What a provider serves does not depend on whose account it is, as far as the catalog says it.
        var nobody = new Account { Id = "", Label = "", Provider = provider.Id, Protocol = provider.Descriptor.Protocols[0], BaseUrl = provider.Descriptor.BaseUrls[0], Credential = new NoCredential() };
        var scope = provider.ScopeOf(nobody);
        var known = ModelCatalog.BuiltIn.All.Where(scope.Shows).Select(model => Describe(model.Id, model.Facts.DisplayName, model.Facts.Vendor, model.Facts.ContextWindow, model.Facts.MaxOutputTokens, model.Facts.Efforts, model.Facts.Created, word)).ToList();
        // Of some the vendor's own list is all that is known, which comes with an account.
        if (known.Count == 0)
            known = [.. models.List().Models.Where(model => model.Servers.Any(server => server.Provider == provider.Id)).Select(model => Describe(model.Id, model.DisplayName, model.Vendor, model.ContextWindow, model.MaxOutputTokens, model.Efforts, model.Created, word))];
        return SurfaceAnswer.Json(new JsonObject { ["channel"] = word, ["models"] = new JsonArray([.. known]) });
    }

    /// <summary>The provider of a channel: one with keys by its own id, else one that people sign in to.</summary>
    private ProviderModule? ProviderOf(string channel)
    {
        var word = LoginChannels.CatalogWord(channel);
        return providers.All.FirstOrDefault(provider => provider.Id == word) ?? channels.Find(word);
    }

    private static JsonObject Describe(string id, string? name, string? vendor, int? context, int? output, IReadOnlyList<string> efforts, long created, string channel)
    {
        var shown = new JsonObject
        {
            ["id"] = id, ["object"] = "model", ["created"] = created, ["owned_by"] = vendor ?? channel, ["type"] = channel, ["display_name"] = name ?? id, ["name"] = id,
        };
        if (context is not null) shown["context_length"] = context;
        if (output is not null) shown["max_completion_tokens"] = output;
        if (efforts.Count > 0) shown["thinking"] = new JsonObject { ["levels"] = new JsonArray([.. efforts.Select(static effort => (JsonNode)effort)]) };
        return shown;
    }

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call)
    {
        if (call.Query("name") is not { Length: > 0 } name) return CliProxyErrors.Flat(400, "name is required");
        var file = await files.GetAsync(name, call.CancellationToken);
        var served = file.Succeeded ? models.List().Models.Where(model => model.Servers.Any(server => server.AccountId == file.Value.Account.Id)) : [];
        return SurfaceAnswer.Json(new JsonObject
        {
            ["models"] = new JsonArray([.. served.Select(model => (JsonNode)new JsonObject { ["id"] = model.Id, ["display_name"] = model.DisplayName ?? model.Id, ["type"] = file.Value!.Type, ["owned_by"] = model.Vendor ?? file.Value.Type })]),
        });
    }

    private async Task<SurfaceAnswer> ResetAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var index = ConfigEdits.TextOf(body["auth_index"] ?? body["authIndex"] ?? body["auth-index"]);
        if (index is not { Length: > 0 }) return CliProxyErrors.Flat(400, "auth_index is required");
        if (indexes.Find(index) is not { } entry || accounts.Get(entry.Id) is not { Succeeded: true, Value: var before }) return CliProxyErrors.Flat(404, "auth not found");
        var cooling = before.Cooldowns.Where(static cooldown => cooldown.CoolingDown).Select(static cooldown => cooldown.Model).OfType<string>();
        var names = new JsonArray([.. cooling.Select(static model => (JsonNode)model)]);
        var reset = await accounts.ResetAsync(entry.Id, call.Actor);
        return reset.Succeeded ? SurfaceAnswer.Json(new JsonObject { ["status"] = "ok", ["auth_index"] = index, ["models"] = names }) : CliProxyErrors.AnswerOf(reset.Error);
    }
}
