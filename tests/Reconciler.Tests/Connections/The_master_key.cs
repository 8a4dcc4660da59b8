using System.Security.Cryptography;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Connections;

public sealed class The_master_key(PostgresFixture postgres)
{
    [Fact]
    public async Task Is_made_on_the_first_start_for_its_owner_alone_and_found_on_the_next()
    {
        await using var first = await ServiceNode.FirstAsync(postgres);
        var file = Path.Combine(first.Options.DataDirectory, "master-key");
        await using var second = first.Another();

        await second.Installation.LoadAsync(CancellationToken.None);

        OperatingSystem.IsLinux().ShouldBeTrue();
        if (OperatingSystem.IsLinux()) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(first.Options.DataDirectory).ShouldBe([file]);
        second.Installation.Epoch.ShouldBe(first.Installation.Epoch);
        second.Installation.RecipientKey.ShouldBe(first.Installation.RecipientKey);
        RecipientMask.Mask("+221771234567", first.Installation.RecipientKey)
            .ShouldBe(RecipientMask.Mask("00221771234567", second.Installation.RecipientKey));
    }

    [Fact]
    public async Task Comes_from_the_configuration_where_it_stands_there()
    {
        await using var first = await ServiceNode.FirstAsync(postgres);
        var key = await File.ReadAllTextAsync(Path.Combine(first.Options.DataDirectory, "master-key"));
        using var elsewhere = TemporaryFolder.New();
        await using var second = first.Another(new ConnectionsOptions { DataDirectory = elsewhere.Path, MasterKey = key + "\n" });

        await second.Installation.LoadAsync(CancellationToken.None);

        second.Installation.RecipientKey.ShouldBe(first.Installation.RecipientKey);
        Directory.GetFiles(elsewhere.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task That_did_not_seal_this_database_keeps_the_node_from_starting()
    {
        await using var first = await ServiceNode.FirstAsync(postgres);
        var stranger = Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKey.LengthBytes));
        await using var second = first.Another(new ConnectionsOptions { MasterKey = stranger });

        var fault = await Should.ThrowAsync<InstallationFault>(() => second.Installation.LoadAsync(CancellationToken.None));

        fault.Message.ShouldContain("Reconciler__MasterKey");
        Should.Throw<InvalidOperationException>(() => second.Installation.RecipientKey);
    }

    [Fact]
    public async Task Is_not_made_anew_for_a_database_that_is_sealed_already()
    {
        await using var first = await ServiceNode.FirstAsync(postgres);
        using var elsewhere = TemporaryFolder.New();
        await using var second = first.Another(new ConnectionsOptions { DataDirectory = elsewhere.Path });

        var fault = await Should.ThrowAsync<InstallationFault>(() => second.Installation.LoadAsync(CancellationToken.None));

        fault.Message.ShouldContain("has no master key");
        Directory.GetFiles(elsewhere.Path).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task That_is_no_key_is_refused_without_being_repeated(string text)
    {
        await using var first = await ServiceNode.FirstAsync(postgres);
        await using var second = first.Another(new ConnectionsOptions { MasterKey = text });

        var fault = await Should.ThrowAsync<InstallationFault>(() => second.Installation.LoadAsync(CancellationToken.None));

        fault.Message.ShouldContain("base64");
        fault.Message.ShouldNotContain(text);
    }

    [Fact]
    public async Task Of_eight_first_nodes_in_one_folder_is_one_key()
    {
        await using var first = await ServiceNode.FirstAsync(postgres);
        await first.ExecuteAsync("update reconciler.installation set master_key_check = null; delete from reconciler.key_rings");
        File.Delete(Path.Combine(first.Options.DataDirectory, "master-key"));
        var nodes = Enumerable.Range(0, 8).Select(_ => first.Another()).ToList();

        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.Installation.LoadAsync(CancellationToken.None))));

        nodes.Select(node => Convert.ToHexString(node.Installation.RecipientKey)).Distinct().Count().ShouldBe(1);
        foreach (var node in nodes) await node.DisposeAsync();
    }

    [Fact]
    public void Prints_as_stars_and_derives_another_key_for_each_purpose()
    {
        var key = MasterKey.New();

        key.ToString().ShouldBe("***");
        key.Derive("one").ShouldBe(key.Derive("one"));
        key.Derive("one").ShouldNotBe(key.Derive("two"));
    }
}
