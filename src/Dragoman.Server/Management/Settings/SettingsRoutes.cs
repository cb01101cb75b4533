using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Configuration.Editing;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Management.Access;
using Dragoman.Server.Management.Audit;
using Dragoman.Storage.Secrets;

namespace Dragoman.Server.Management.Settings;

/// <summary><c>/api/v1/settings</c>: what is in force, and the configuration's file, changed in place or whole.</summary>
internal sealed class SettingsRoutes(IGatewayStore store, SecretProtector secrets, ManagementSecret managementSecret, AuditTrail audit, ConfigFile file, Func<GatewayConfig> config) : IManagementRoutes
{
    private const string Yaml = "application/yaml";

    public void Map(IEndpointRouteBuilder api)
    {
        var settings = api.MapGroup("/settings").WithTags("Settings");
        var redactor = new ConfigRedactor();
        settings.MapGet("", async (CancellationToken cancellationToken) => TypedResults.Ok(await ViewAsync(redactor, cancellationToken)))
            .WithName("getSettings").WithSummary("What is in force, and where it comes from. Secrets are shown as marks.");
        settings.MapPatch("", (JsonObject changes, HttpContext context, CancellationToken cancellationToken) => ChangeKeysAsync(changes, context, cancellationToken))
            .WithName("changeSettings").WithSummary("Changes single keys of the configuration's file in place.")
            .WithDescription("Each member is a path and its new value: {\"routing.strategy\": \"sticky\", \"api-keys[+]\": \"new\", \"debug\": null}. Null takes a key away. All are made, or none. Comments, order and unknown keys stay. `If-Match` with a version makes sure nobody else was faster.");
        settings.MapGet("/config", (bool? raw, HttpContext context, CancellationToken cancellationToken) => ReadFileAsync(redactor, raw == true, context, cancellationToken))
            .WithName("getConfigFile").WithSummary("The configuration's text; its ETag is the version.").Produces<string>(200, Yaml)
            .WithDescription("Secrets are shown as marks, which a text that is sent back may keep. `raw=true` shows them, and is written to the audit log.");
        settings.MapPut("/config", (HttpContext context, CancellationToken cancellationToken) => WriteFileAsync(redactor, context, cancellationToken))
            .Accepts<string>(Yaml, "text/plain").WithName("putConfigFile").WithSummary("Replaces the configuration's text, if it can be used.")
            .WithDescription("`If-Match` names the version that was read, or is `*`.");
        settings.MapPut("/management-secret", async Task<Results<NoContent, ManagementError>> (NewSecret wanted, HttpContext context, CancellationToken cancellationToken) =>
        {
            if (wanted.Secret.Length < ManagementSecret.ShortestNew || wanted.Secret.Any(letter => letter is <= ' ' or > '~'))
                return ManagementError.Invalid($"The secret needs at least {ManagementSecret.ShortestNew} characters, of ASCII and without spaces: headers must carry it.", "secret");
            await ManagementSecret.StoreAsync(store, secrets, wanted.Secret, cancellationToken);
            await managementSecret.LoadAsync(cancellationToken);
            await audit.RecordAsync(context, "settings.secret", ManagementSecret.SettingName, AuditTrail.Done, "set");
            return TypedResults.NoContent();
        }).WithName("setManagementSecret").WithSummary("Keeps a new management secret, hashed, in the store.");
        settings.MapDelete("/management-secret", async Task<Results<NoContent, ManagementError>> (HttpContext context, CancellationToken cancellationToken) =>
        {
            if (!await store.Settings.RemoveAsync(ManagementSecret.SettingName, cancellationToken)) return ManagementError.NotFound("The store keeps no management secret.");
            await managementSecret.LoadAsync(cancellationToken);
            await audit.RecordAsync(context, "settings.secret", ManagementSecret.SettingName, AuditTrail.Done, "removed");
            return TypedResults.NoContent();
        }).WithName("removeManagementSecret").WithSummary("Forgets the stored management secret.");
    }

    private async Task<SettingsView> ViewAsync(ConfigRedactor redactor, CancellationToken cancellationToken)
    {
        var (text, version) = await file.ReadAsync(cancellationToken);
        var written = ConfigScalars.Read(text).ToDictionary(scalar => scalar.Path);
        var rows = SettingsTable.Rows.Select(row =>
        {
            var value = row.Value(config());
            if (value is JsonValue && value.GetValueKind() == JsonValueKind.String) value = redactor.Hide(row.Path, value.GetValue<string>());
            return new SettingView(row.Path, value, written.TryGetValue(row.Path, out var scalar) ? OriginOf(scalar) : "default", row.AtStart);
        }).ToList();
        var others = written.Values.Where(scalar => rows.TrueForAll(row => row.Path != scalar.Path))
            .Select(scalar => new SettingView(scalar.Path, redactor.Hide(scalar.Path, scalar.Value), OriginOf(scalar), SettingsTable.WaitsForStart(scalar.Path), Known: !file.Problems.Any(problem => problem.Path == scalar.Path)));
        return new SettingsView(file.Path, version != ConfigFile.Nothing, version, [.. rows, .. others], [.. file.Problems.Select(ProblemView.From)], managementSecret.IsSet);
    }

    private static string OriginOf(ConfigScalar scalar) => scalar.Value.Contains("${", StringComparison.Ordinal) ? "environment" : "file";

    private async Task<Results<Ok<SettingsChangedView>, UnprocessableEntity<SettingsFaultBody>, ManagementError>> ChangeKeysAsync(JsonObject changes, HttpContext context, CancellationToken cancellationToken)
    {
        if (changes.Count == 0) return ManagementError.Invalid("Say what to change: {\"routing.strategy\": \"sticky\"}.");
        var change = await file.ChangeAsync(VersionAsked(context), text =>
        {
            foreach (var (path, value) in changes)
            {
                var edit = ConfigEditor.Set(text, path, value?.DeepClone());
                if (edit.Text is null) return (null, ManagementError.Invalid(edit.Fault!, path));
                text = edit.Text;
            }

            return (text, null);
        }, cancellationToken);
        return await AnswerAsync(change, context, [.. changes.Select(pair => pair.Key)]);
    }

    private async Task<Results<ContentHttpResult, ManagementError>> ReadFileAsync(ConfigRedactor redactor, bool raw, HttpContext context, CancellationToken cancellationToken)
    {
        var (text, version) = await file.ReadAsync(cancellationToken);
        if (version == ConfigFile.Nothing) return ManagementError.NotFound("There is no configuration file yet; the first change makes it.");
        if (!raw && text.Trim().Length > 0 && !ConfigEditor.CanRead(text))
            return ManagementError.Conflict("The file is not valid YAML, so its secrets cannot be found. Read it with ?raw=true.", "configuration_unreadable");
        if (raw) await audit.RecordAsync(context, "settings.read-raw", "config");
        context.Response.Headers.ETag = version;
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Text(raw ? text : redactor.Hide(text), Yaml, Encoding.UTF8);
    }

    private async Task<Results<Ok<SettingsChangedView>, UnprocessableEntity<SettingsFaultBody>, ManagementError>> WriteFileAsync(ConfigRedactor redactor, HttpContext context, CancellationToken cancellationToken)
    {
        if (VersionAsked(context) is null) return ManagementError.Invalid("Send If-Match with the ETag that was read, so that nobody's change is lost; '*' replaces whatever is there.", "If-Match", "precondition_required");
        using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true));
        string wanted;
        try
        {
            wanted = await reader.ReadToEndAsync(cancellationToken);
        }
        catch (DecoderFallbackException)
        {
            return ManagementError.Invalid("The text is not UTF-8.");
        }

        var change = await file.ChangeAsync(VersionAsked(context), old => redactor.Reveal(wanted, old) is { } text
            ? (text, null)
            : (null, ManagementError.Invalid("The text has a mark of a hidden secret that is not in the file (any more). Read the file again, or write the secret itself.", null, "unknown_mark")), cancellationToken);
        return await AnswerAsync(change, context, []);
    }

    private async Task<Results<Ok<SettingsChangedView>, UnprocessableEntity<SettingsFaultBody>, ManagementError>> AnswerAsync(ConfigChange change, HttpContext context, IReadOnlyList<string> paths)
    {
        var target = paths.Count == 0 ? "config" : string.Join(", ", paths);
        if (change.Fault is { } fault)
        {
            await audit.RecordAsync(context, "settings.change", target, AuditTrail.Refused, fault.Message);
            return fault;
        }

        IReadOnlyList<ProblemView> problems = [.. change.Problems.Select(ProblemView.From)];
        if (change.Unusable)
        {
            await audit.RecordAsync(context, "settings.change", target, AuditTrail.Refused, "the configuration would not be usable");
            return TypedResults.UnprocessableEntity(new SettingsFaultBody(new FaultDetail("The configuration would not be usable; nothing was written.", "invalid_request_error", null, "configuration_unusable"), problems));
        }

        if (change.Changed) await audit.RecordAsync(context, "settings.change", target, AuditTrail.Done, $"version {change.Version.Trim('"')}");
        context.Response.Headers.ETag = change.Version;
        return TypedResults.Ok(new SettingsChangedView(change.Version, change.Changed, [.. paths.Where(SettingsTable.WaitsForStart)], problems));
    }

    private static string? VersionAsked(HttpContext context) => context.Request.Headers.IfMatch.ToString() is { Length: > 0 } version ? version : null;
}
