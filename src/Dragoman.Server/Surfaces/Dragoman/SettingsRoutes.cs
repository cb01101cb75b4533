using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration.Schema;
using Dragoman.Management;
using Dragoman.Management.Access;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/settings</c>: what is in force, and the configuration's file, changed in place or whole.</summary>
internal sealed class SettingsRoutes(SettingsService settings, SettingsSchema schema, ManagementSecretService managementSecret) : IManagementRoutes
{
    /// <summary>The media type of the configuration's text.</summary>
    internal const string Yaml = "application/yaml";

    public void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/settings").WithTags("Settings");
        group.MapGet("", async (CancellationToken cancellationToken) => TypedResults.Ok(await settings.GetAsync(cancellationToken)))
            .WithName("getSettings").WithSummary("What is in force, and where it comes from. Secrets are shown as marks.");
        group.MapPatch("", async (JsonObject changes, HttpContext context, CancellationToken cancellationToken)
            => ResultOf(await settings.ChangeAsync([.. changes], ExpectedVersion(context), HttpActor.From(context), cancellationToken), context))
            .WithName("changeSettings").WithSummary("Changes single keys of the configuration's file in place.")
            .WithDescription("Each member is a path and its new value: {\"routing.strategy\": \"sticky\", \"api-keys[+]\": \"new\", \"debug\": null}. Null takes a key away. All are made, or none. Comments, order and unknown keys stay. `If-Match` with a version makes sure nobody else was faster.");
        group.MapGet("/schema", () => TypedResults.Text(schema.Text, ConfigSchema.MediaType, Encoding.UTF8))
            .WithName("getConfigSchema").WithSummary("The JSON Schema (draft 2020-12) of the configuration's file, for editors and forms.").Produces<string>(200, ConfigSchema.MediaType)
            .WithDescription("Made of the descriptions that the readers of the file are tested against. Keys that are out of date, unknown, or do nothing here are allowed and marked as deprecated.");
        group.MapGet("/config", (bool? raw, HttpContext context, CancellationToken cancellationToken) => ReadFileAsync(raw == true, context, cancellationToken))
            .WithName("getConfigFile").WithSummary("The configuration's text; its ETag is the version.").Produces<string>(200, Yaml)
            .WithDescription("Secrets are shown as marks, which a text that is sent back may keep. `raw=true` shows them, and is written to the audit log. Where there is no file yet the text is empty and its ETag `\"none\"`, which `If-Match` takes.");
        group.MapPut("/config", (HttpContext context, CancellationToken cancellationToken) => WriteFileAsync(context, cancellationToken))
            .Accepts<string>(Yaml, "text/plain").WithName("putConfigFile").WithSummary("Replaces the configuration's text, if it can be used.")
            .WithDescription("`If-Match` names the version that was read, or is `*`.");
        group.MapPut("/management-secret", Task<Results<NoContent, ManagementErrorResult>> (NewSecret wanted, HttpContext context, CancellationToken cancellationToken)
            => managementSecret.SetAsync(wanted.Secret, HttpActor.From(context), cancellationToken).ToNoContentAsync())
            .WithName("setManagementSecret").WithSummary("Keeps a new management secret, hashed, in the store.");
        group.MapDelete("/management-secret", Task<Results<NoContent, ManagementErrorResult>> (HttpContext context, CancellationToken cancellationToken)
            => managementSecret.RemoveAsync(HttpActor.From(context), cancellationToken).ToNoContentAsync())
            .WithName("removeManagementSecret").WithSummary("Forgets the stored management secret.");
    }

    private async Task<Results<ContentHttpResult, ManagementErrorResult>> ReadFileAsync(bool raw, HttpContext context, CancellationToken cancellationToken)
    {
        var read = await settings.ReadFileAsync(raw, HttpActor.From(context), cancellationToken).WithFixAsync("configuration_unreadable", "Read it with ?raw=true.");
        // A file that nobody has made yet says nothing, as an empty one does; the first change makes it.
        var file = read.Succeeded ? read.Value : read.Error.Kind == ManagementErrorKind.NotFound ? new ConfigTextView("", ConfigFile.Nothing) : null;
        if (file is null) return ManagementErrorResult.From(read.Error!);
        context.Response.Headers.ETag = file.Version;
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Text(file.Text, Yaml, Encoding.UTF8);
    }

    private async Task<Results<Ok<SettingsChangedView>, UnprocessableEntity<FaultBody>, ManagementErrorResult>> WriteFileAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (ExpectedVersion(context) is not { } version)
            return NeedsVersion();
        if (await ReadTextAsync(context, cancellationToken) is not { } text) return ManagementErrorResult.Invalid("The text is not UTF-8.");
        return ResultOf(await settings.WriteFileAsync(text, version, HttpActor.From(context), cancellationToken), context);
    }

    /// <summary>The answer to a change of the whole file without a version.</summary>
    internal static ManagementErrorResult NeedsVersion()
        => ManagementErrorResult.Invalid("Send If-Match with the ETag that was read, so that nobody's change is lost; '*' replaces whatever is there.", "If-Match", "precondition_required");

    /// <summary>The body as text; null where it is not UTF-8.</summary>
    internal static async Task<string?> ReadTextAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            return await reader.ReadToEndAsync(cancellationToken);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The answer to a change of the file.</summary>
    internal static Results<Ok<SettingsChangedView>, UnprocessableEntity<FaultBody>, ManagementErrorResult> ResultOf(ManagementResult<SettingsChangedView> change, HttpContext context)
    {
        if (change.Succeeded)
        {
            context.Response.Headers.ETag = change.Value.Version;
            return TypedResults.Ok(change.Value);
        }

        return change.Error.Kind == ManagementErrorKind.Unusable
            ? TypedResults.UnprocessableEntity(new FaultBody(new FaultDetail(change.Error.Text, "invalid_request_error", null, change.Error.Code), [.. change.Error.Findings.Select(ProblemView.From)]))
            : ManagementErrorResult.From(change.Error, versionConflict: StatusCodes.Status412PreconditionFailed);
    }

    /// <summary>The version that <c>If-Match</c> names; null for none.</summary>
    internal static string? ExpectedVersion(HttpContext context) => context.Request.Headers.IfMatch.ToString() is { Length: > 0 } version ? version : null;
}

/// <summary>A new management secret.</summary>
/// <param name="Secret">The secret, at least 12 characters; only its hash is kept.</param>
internal sealed record NewSecret(string Secret);
