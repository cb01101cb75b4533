using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Audit;
using Dragoman.Management.Hosting;

namespace Dragoman.Management.Clients;

/// <summary>
/// Points clients on the gateway's own machine at it by their own files, and back, as <c>dragoman connect</c> does: shown first, made by the digest of what was shown,
/// with copies of what was there in the data folder, where the command finds them too.
/// </summary>
public sealed class ClientConnector(ManagementPaths paths, ClientKeyStore keys, Router router, AuditTrail audit, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Connects a client, or shows what that would change.</summary>
    /// <param name="id">The client.</param>
    /// <param name="input">How.</param>
    /// <param name="address">The gateway's address on this machine.</param>
    /// <param name="isLocal">Whether the caller is on the gateway's own machine.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    public Task<ManagementResult<ClientChangeView>> ConnectAsync(string id, ClientConnectInput input, Uri address, bool isLocal, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        return RunAsync(id, isLocal, client =>
        {
            var found = EndpointFor(client, input, address);
            if (!found.Succeeded) return found.Error;
            var gateway = found.Value;
            var plan = ConnectPlan.Plan(client, UserFiles.PlacesOf(paths), gateway, StoreOf(paths), time.GetUtcNow());
            return new Change(client, plan.Changes, [.. client.Notes(gateway)], plan.Apply, "client.connect", gateway.Base);
        }, input.Apply, input.Digest, actor, cancellationToken);
    }

    /// <summary>Takes a connection back, or shows what that would change.</summary>
    /// <param name="id">The client.</param>
    /// <param name="input">How.</param>
    /// <param name="isLocal">Whether the caller is on the gateway's own machine.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    public Task<ManagementResult<ClientChangeView>> DisconnectAsync(string id, ClientDisconnectInput input, bool isLocal, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        return RunAsync(id, isLocal, client =>
        {
            var store = StoreOf(paths);
            if (store.Find(client.Name, client.Files(UserFiles.PlacesOf(paths))[0]) is not { } connection)
                return ManagementError.Conflict($"{client.Title} was not connected from this data folder; there is nothing to take back.", "not_connected");
            var changes = DisconnectPlan.Plan(connection, store, input.Force);
            return new Change(client, changes, [.. changes.SelectMany(static change => change.Left)], () =>
            {
                foreach (var change in changes.Where(static change => change.IsNeeded)) change.Apply();
                store.Remove(connection);
            }, "client.disconnect", connection.Url);
        }, input.Apply, input.Digest, actor, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<ManagementResult<ClientChangeView>> RunAsync(string id, bool isLocal, Func<ClientConfig, ManagementResult<Change>> plan, bool apply, string? digest, Actor actor, CancellationToken cancellationToken)
    {
        if (ClientConfig.All.FirstOrDefault(one => one.Name == id) is not { } client)
        {
            return ClientGuide.All.Any(one => one.Id == id)
                ? ManagementError.Conflict($"The settings of '{id}' stand in no file that the gateway could write; copy them.", "not_writable")
                : ManagementError.NotFound($"There is no client '{id}'.");
        }

        if (UserFiles.Refusal(paths, isLocal) is { } refusal) return refusal;
        if (apply && string.IsNullOrEmpty(digest)) return ManagementError.Invalid("Send the digest of the changes that were shown.", "digest", "missing_required_parameter");
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var planned = plan(client);
            if (!planned.Succeeded) return planned.Error;
            var change = planned.Value;
            var own = DigestOf(change);
            if (apply && own != digest) return ManagementError.Conflict("The files, or what is to be written, are not what was shown; look at the changes again.", "digest_mismatch");
            // Before it is applied: the difference is of what stands there now.
            var files = change.Files.Select(static file => new ClientFileView(file.File.Path, file.IsNeeded ? file.Diff() : "", file.File.Content is not null)).ToList();
            if (apply)
            {
                change.Apply();
                await audit.RecordAsync(actor, change.Action, client.Name, detail: change.Detail);
            }

            return new ClientChangeView(client.Name, files, apply, own, change.Warnings);
        }
        catch (ClientFileException ex)
        {
            return ManagementError.Conflict(ex.Message, "client_file");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return ManagementError.Conflict($"The files cannot be read or written: {ex.Message}", "client_file");
        }
        finally
        {
            _gate.Release();
        }
    }

    private ManagementResult<GatewayEndpoint> EndpointFor(ClientConfig client, ClientConnectInput input, Uri address)
    {
        var key = string.IsNullOrWhiteSpace(input.Key) ? null : input.Key.Trim();
        var holder = ClientIdentity.Anyone;
        if (key is not null)
        {
            var (status, found) = keys.Find(key);
            if (status != ClientKeyStatus.Good) return ManagementError.Invalid("That is no client key of this gateway that could be used now.", "key");
            holder = found!;
        }
        else if (!keys.IsOpen)
        {
            return ManagementError.Invalid("The gateway asks for a client key: make one, and send it along.", "key", "missing_required_parameter");
        }

        var models = ClientDirectory.ModelsOf(router.VisibleModels().Where(holder.AllowsSight)).ToList();
        var model = Given(input.Model);
        if (model is null && client.NeedsModel) model = models.FirstOrDefault()?.Id;
        if (model is null && client.NeedsModel) return ManagementError.Invalid($"{client.Title} needs a model, and the gateway serves none yet.", "model");
        return new GatewayEndpoint(address, key, null, model, Given(input.SmallModel), models);
    }

    /// <summary>Of what is there and what is to be there: neither can change unnoticed.</summary>
    private static string DigestOf(Change change)
    {
        var text = new StringBuilder(change.Action).Append('\n').Append(change.Client.Name);
        foreach (var file in change.Files) text.Append('\n').Append(file.File.Path).Append('\n').Append(file.File.Hash).Append('\n').Append(ClientConfigFile.HashOf(file.After));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static ConnectionStore StoreOf(ManagementPaths paths) => new(paths.Data!);

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private sealed record Change(ClientConfig Client, IReadOnlyList<FileChange> Files, IReadOnlyList<string> Warnings, Action Apply, string Action, string Detail);
}
