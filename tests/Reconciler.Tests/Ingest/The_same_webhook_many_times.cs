using System.Net;
using Reconciler.Tests.Appending;

namespace Reconciler.Tests.Ingest;

[Collection(OneService.Name)]
public sealed class The_same_webhook_many_times(Service service)
{
    private const int Times = 1000;

    [Fact]
    public async Task At_once_gets_200_every_time_and_is_one_event()
    {
        var body = ZoPaySender.Body("same-1");

        var answers = await Task.WhenAll(Enumerable.Range(0, Times).Select(_ => service.StatusAsync(ZoPaySender.Signed(body))));

        answers.ShouldAllBe(status => status == HttpStatusCode.OK);
        (await Rows.CountAsync(service.Database, "mt_events where type = 'webhook_received' and stream_id = 'zopay-test/same-1'")).ShouldBe(1);
        (await Rows.OneAsync<int>(service.Database, "select deliveries from reconciler.evidence where stream_id = 'zopay-test/same-1'")).ShouldBe(Times);
    }
}
